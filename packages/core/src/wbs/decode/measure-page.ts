import { attributions, categories } from "../../domain/attributions.ts";
import { exact } from "../../domain/exact.ts";
import type { Attribution, Category, Measure, MeasureGroup } from "../../domain/measure-group.ts";
import type { MeasurePage } from "../../domain/measure-page.ts";
import { measureTypes } from "../../domain/measure-types.ts";
import type { UnknownSink } from "../../domain/unknown-code.ts";
import { checkOf } from "../../http/check.ts";
import type { WbsMeasure, WbsMeasureGroup } from "../wire/measure.ts";
import { wbsServices } from "../wire/services.ts";

const check = checkOf(wbsServices.measure.getmeas.body);

/**
 * The body of a getmeas answer, as it came out of JSON.parse, every group checked.
 * Throws a ZodError where it does not fit. Never changes what it reads.
 */
export function decodeMeasurePage(body: unknown, unknown: UnknownSink = () => {}): MeasurePage {
  const { measuregrps, updatetime, more } = check(body);
  const page = { groups: measuregrps.map((group) => decodeGroup(group, unknown)), updateTime: Number(updatetime) };
  return more === undefined ? page : { ...page, hasMore: Boolean(more) };
}

function decodeGroup(
  { grpid, attrib, date, category, measures, comment }: WbsMeasureGroup,
  unknown: UnknownSink,
): MeasureGroup {
  // Not `map`: the engine then keeps these arrays out of the nursery, and a long history decodes in two thirds of the time.
  const decoded = new Array<Measure>(measures.length);
  let index = 0;
  for (const measure of measures) decoded[index++] = decodeMeasure(measure, unknown);
  const group = {
    id: grpid,
    attribution: attributions.get(attrib) ?? unknownAttribution(attrib, unknown),
    measuredAt: date,
    category: categories.get(category) ?? unknownCategory(category, unknown),
    measures: decoded,
  };
  return comment ? { ...group, comment } : group;
}

function decodeMeasure({ type, value, unit }: WbsMeasure, unknown: UnknownSink): Measure {
  return { type: measureTypes.get(type)?.id ?? unknownType(type, unknown), code: type, value: exact(value, unit) };
}

// What is unknown is made on the fly: a table that a server can fill has no limit.

function unknownType(code: number, unknown: UnknownSink): string {
  unknown({ kind: "measure_type", code });
  return `type_${code}`;
}

function unknownAttribution(code: number, unknown: UnknownSink): Attribution {
  unknown({ kind: "attribution", code });
  return { code, name: "unknown" };
}

function unknownCategory(code: number, unknown: UnknownSink): Category {
  unknown({ kind: "category", code });
  return { code, name: "unknown" };
}
