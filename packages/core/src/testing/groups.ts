import { attributions, categories } from "../domain/attributions.ts";
import type { Attribution, Category, MeasureGroup } from "../domain/measure-group.ts";
import { measureTypes } from "../domain/measure-types.ts";

const codes = new Map([...measureTypes.values()].map(({ id, code }) => [id, code]));

export interface Sketch {
  readonly id: number;
  readonly at: number;
  readonly attrib?: number;
  readonly target?: boolean;
  readonly comment?: string;
  readonly values: Readonly<Record<string, number>>;
}

/** A group in a line: `group({ id: 1, at: 100, values: { weight: 81.4 } })`. */
export function group({ id, at, attrib = 0, target = false, comment, values }: Sketch): MeasureGroup {
  return {
    id,
    attribution: attributions.get(attrib) as Attribution,
    measuredAt: at,
    category: categories.get(target ? 2 : 1) as Category,
    measures: Object.entries(values).map(([type, value]) => ({ type, code: codes.get(type) ?? 0, value })),
    ...(comment === undefined ? {} : { comment }),
  };
}
