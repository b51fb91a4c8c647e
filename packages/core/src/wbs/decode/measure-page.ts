import { attributions, categories } from "../../domain/attributions.ts";
import { exact } from "../../domain/exact.ts";
import type { Attribution, Category, Measure, MeasureGroup } from "../../domain/measure-group.ts";
import type { MeasurePage } from "../../domain/measure-page.ts";
import { measureTypes } from "../../domain/measure-types.ts";
import type { SkippedSink } from "../../domain/skipped.ts";
import type { UnknownSink } from "../../domain/unknown-code.ts";
import { checkOf, fitOf } from "../../http/check.ts";
import { momentOf } from "../../http/scalars.ts";
import { type WbsMeasure, type WbsMeasureGroup, wbsMeasureGroup } from "../wire/measure.ts";
import { wbsServices } from "../wire/services.ts";
import { type Losses, mendGroup } from "./mend-group.ts";

const check = checkOf(wbsServices.measure.getmeas.body);
const fits = fitOf(wbsMeasureGroup);

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
  const groups: MeasureGroup[] = [];
  const losses: Losses = { values: 0, field: undefined };
  for (const raw of measuregrps ?? []) {
    const group = fits(raw) ? raw : mendGroup(raw, losses);
    if (group) groups.push(decodeGroup(group, unknown));
  }
  const skipped = (measuregrps?.length ?? 0) - groups.length;
  if (losses.field !== undefined) onSkipped({ groups: skipped, values: losses.values, field: losses.field });
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

function decodeGroup(
  { grpid, attrib, date, category, measures, modelid, model_id, comment }: WbsMeasureGroup,
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
  const modelId = modelid ?? model_id;
  if (!comment && typeof modelId !== "number") return group;
  return { ...group, ...(typeof modelId === "number" && { modelId }), ...(comment && { comment }) };
}

function decodeMeasure({ type, value, unit }: WbsMeasure, unknown: UnknownSink): Measure {
  return { type: measureTypes.get(type)?.id ?? unknownType(type, unknown), code: type, value: exact(value, unit) };
}

// Unknown types are made on the fly: a table that a server can fill has no limit.

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
