import { exact } from "../../domain/exact.ts";
import type { Measure, MeasureGroup } from "../../domain/measure-group.ts";
import type { MeasurePage } from "../../domain/measure-page.ts";
import type { SkippedSink } from "../../domain/skipped.ts";
import type { UnknownSink } from "../../domain/unknown-code.ts";
import { groupOf, readGroups, typeNamed } from "../../getmeas/page.ts";
import type { RawGroup, RawMeasure } from "../../getmeas/raw-group.ts";
import { checkOf } from "../../http/check.ts";
import { momentOf } from "../../http/scalars.ts";
import { wbsServices } from "../wire/services.ts";

const check = checkOf(wbsServices.measure.getmeas.body);

/**
 * The body of a getmeas answer, as it came out of JSON.parse. A group that does not fit is mended where only one reading is possible, else
 * left out and counted: `skipped` of the page, and `onSkipped`. Throws a ZodError where the body is no page at all. Never changes what it
 * reads.
 */
export function decodeMeasurePage(
  body: unknown,
  unknown: UnknownSink = () => {},
  onSkipped: SkippedSink = () => {},
): MeasurePage {
  const { measuregrps, updatetime, more } = pageOf(body);
  const { groups, skipped } = readGroups(measuregrps ?? [], (group) => decodeGroup(group, unknown), onSkipped);
  const updateTime = momentOf(updatetime);
  return {
    groups,
    ...(skipped > 0 && { skipped }),
    ...(updateTime !== undefined && { updateTime }),
    ...(more != null && { hasMore: Boolean(more) }),
  };
}

function pageOf(body: unknown) {
  const page = check(body);
  return page == null || Array.isArray(page) ? {} : page;
}

function decodeGroup(group: RawGroup, unknown: UnknownSink): MeasureGroup {
  // Not `map`: the engine then keeps these arrays out of the nursery, and a long history decodes in two thirds of the time.
  const decoded = new Array<Measure>(group.measures.length);
  let index = 0;
  for (const measure of group.measures) decoded[index++] = decodeMeasure(measure, unknown);
  return groupOf(group, decoded, unknown);
}

function decodeMeasure({ type, value, unit }: RawMeasure, unknown: UnknownSink): Measure {
  return { type: typeNamed(type, unknown), code: type, value: exact(value, unit) };
}
