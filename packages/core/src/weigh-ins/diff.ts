import type { MeasureGroup } from "../domain/measure-group.ts";
import { inOrder } from "./measure-keys.ts";

interface Change {
  readonly before: MeasureGroup;
  readonly after: MeasureGroup;
}

export interface Diff {
  readonly added: readonly MeasureGroup[];
  readonly changed: readonly Change[];
  readonly gone: readonly MeasureGroup[];
}

/** Stored groups against fetched ones, by id. `isGone` says of a stored group that was not fetched whether it is deleted. */
export function diffGroups(
  stored: readonly MeasureGroup[],
  fetched: readonly MeasureGroup[],
  isGone: (group: MeasureGroup) => boolean,
): Diff {
  const known = new Map(stored.map((group) => [group.id, group]));
  const seen = new Map(fetched.map((group) => [group.id, group]));
  const added: MeasureGroup[] = [];
  const changed: Change[] = [];
  for (const after of seen.values()) {
    const before = known.get(after.id);
    if (before === undefined) added.push(after);
    else if (!isSameGroup(before, after)) changed.push({ before, after });
  }
  return { added, changed, gone: [...known.values()].filter((group) => isGone(group) && !seen.has(group.id)) };
}

/** Both came from the same decoder, through JSON or not, so their keys stand in the same order; measures may not. */
function isSameGroup(a: MeasureGroup, b: MeasureGroup): boolean {
  if (JSON.stringify(a) === JSON.stringify(b)) return true;
  const sorted = (group: MeasureGroup) => JSON.stringify({ ...group, measures: inOrder(group.measures) });
  return a.measures.length === b.measures.length && sorted(a) === sorted(b);
}

export const isEmptyDiff = ({ added, changed, gone }: Diff): boolean =>
  added.length + changed.length + gone.length === 0;
