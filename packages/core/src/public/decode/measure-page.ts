import { exact } from "../../domain/exact.ts";
import type { Measure, MeasureGroup } from "../../domain/measure-group.ts";
import type { GroupPage } from "../../domain/measure-page.ts";
import { measureTypes } from "../../domain/measure-types.ts";
import type { SkippedSink } from "../../domain/skipped.ts";
import type { UnknownSink } from "../../domain/unknown-code.ts";
import { attributionNamed, categoryNamed, readGroups, typeNamed } from "../../getmeas/page.ts";
import type { RawGroup, RawMeasure } from "../../getmeas/raw-group.ts";
import { checkOf } from "../../http/check.ts";
import { momentOf, wholeNumber } from "../../http/scalars.ts";
import { getMeasBody } from "../wire/measure.ts";

/** One answer of measure/getmeas. */
export interface PublicPage extends GroupPage {
  /** Where the next page begins; undefined on the last one. */
  readonly nextOffset?: number;
}

const check = checkOf(getMeasBody);

/** The whole body, as a Body Scan says where others say nothing. */
const WHOLE_BODY = 7;
const FAT_FREE_MASS = 5;
const FAT_RATIO = 6;
const FAT_MASS = 8;
/** Attributions of what a person typed in. */
const MANUAL: ReadonlySet<number> = new Set([2, 4]);

/**
 * The body of a getmeas answer, as it came out of JSON.parse. A group that cannot be read is left out and counted. Throws a ZodError where
 * the body is no page at all. Never changes what it reads.
 */
export function decodePublicPage(
  body: unknown,
  unknown: UnknownSink = () => {},
  onSkipped: SkippedSink = () => {},
): PublicPage {
  const checked = check(body);
  const { measuregrps, updatetime, more, offset } = checked == null || Array.isArray(checked) ? {} : checked;
  const { groups, skipped } = readGroups(measuregrps ?? [], (group) => decodeGroup(group, unknown), onSkipped);
  const updateTime = momentOf(updatetime);
  const nextOffset = more ? wholeNumber(offset) : undefined;
  return {
    groups: eachOnce(groups),
    ...(skipped > 0 && { skipped }),
    ...(updateTime !== undefined && { updateTime, isClock: false }),
    ...(nextOffset !== undefined && { nextOffset }),
  };
}

/** A group can come twice in one answer: the first counts. */
function eachOnce(groups: MeasureGroup[]): readonly MeasureGroup[] {
  if (isMonotone(groups)) return groups;
  const ids = new Set<number>();
  for (const { id } of groups) ids.add(id);
  if (ids.size === groups.length) return groups;
  return groups.filter(({ id }) => ids.delete(id));
}

/** Ids that only rise or only fall, as in most answers, cannot repeat: a look at neighbours is all that it takes. */
function isMonotone(groups: readonly MeasureGroup[]): boolean {
  let rises = 0;
  let previous: number | undefined;
  for (const { id } of groups) {
    if (previous !== undefined) {
      if (id === previous) return false;
      if (id > previous) rises++;
    }
    previous = id;
  }
  return rises === 0 || rises === groups.length - 1;
}

function decodeGroup(
  { grpid, attrib, date, category, measures, modelid, model_id, comment }: RawGroup,
  unknown: UnknownSink,
): MeasureGroup {
  const group = {
    id: grpid,
    attribution: attributionNamed(attrib, unknown),
    measuredAt: date,
    category: categoryNamed(category, unknown),
    measures: decodeMeasures(isPlaceholder(attrib, measures) ? measures.filter(isNoMass) : measures, unknown),
  };
  const modelId = modelid ?? model_id;
  if (!comment && typeof modelId !== "number") return group;
  return { ...group, ...(typeof modelId === "number" && { modelId }), ...(comment && { comment }) };
}

/** Of two values of one type at one place the first counts: they were equal wherever both were seen. */
function decodeMeasures(measures: readonly RawMeasure[], unknown: UnknownSink): Measure[] {
  // Made at its length, as the original API's decoder does: a long history decodes in two thirds of the time.
  const decoded = new Array<Measure>(measures.length);
  let count = 0;
  for (const raw of measures) {
    const position = placeOf(raw);
    if (isThere(decoded, count, raw.type, position)) continue;
    const type = typeNamed(raw.type, unknown);
    const value = exact(raw.value, raw.unit);
    decoded[count++] =
      position === undefined ? { type, code: raw.type, value } : { type, code: raw.type, value, position };
  }
  if (count < decoded.length) decoded.length = count;
  return decoded;
}

function isThere(decoded: readonly Measure[], count: number, code: number, position: number | undefined): boolean {
  for (let index = 0; index < count; index++) {
    const measure = decoded[index];
    if (measure?.code === code && measure.position === position) return true;
  }
  return false;
}

/** Whole-body values of a Body Scan are those that other scales send without a place. */
function placeOf({ type, position }: RawMeasure): number | undefined {
  if (typeof position !== "number") return undefined;
  return position === WHOLE_BODY && !measureTypes.get(type)?.segmental ? undefined : position;
}

/** A typed-in weight comes with a fat mass of 0 where none was measured, and with all of it as fat-free. */
function isPlaceholder(attrib: number, measures: readonly RawMeasure[]): boolean {
  if (!MANUAL.has(attrib)) return false;
  const mantissaOf = (code: number) => measures.find(({ type }) => type === code)?.value;
  return mantissaOf(FAT_MASS) === 0 && (mantissaOf(FAT_RATIO) ?? 0) === 0;
}

const isNoMass = ({ type }: RawMeasure): boolean => type !== FAT_FREE_MASS && type !== FAT_RATIO && type !== FAT_MASS;
