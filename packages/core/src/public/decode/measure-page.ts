import { exact } from "../../domain/exact.ts";
import type { Measure, MeasureGroup } from "../../domain/measure-group.ts";
import type { GroupPage } from "../../domain/measure-page.ts";
import { type MeasureType, measureTypes } from "../../domain/measure-types.ts";
import type { SkippedSink } from "../../domain/skipped.ts";
import type { UnknownSink } from "../../domain/unknown-code.ts";
import { groupOf, readGroups, typeNamed } from "../../getmeas/page.ts";
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
  const order = new IdOrder();
  const decode = (group: RawGroup) => {
    order.add(group.grpid);
    return decodeGroup(group, unknown);
  };
  const { groups, skipped } = readGroups(measuregrps ?? [], decode, onSkipped);
  const updateTime = momentOf(updatetime);
  const nextOffset = more ? wholeNumber(offset) : undefined;
  return {
    groups: eachOnce(groups, order),
    ...(skipped > 0 && { skipped }),
    ...(updateTime !== undefined && { updateTime, isClock: false }),
    ...(nextOffset !== undefined && { nextOffset }),
  };
}

/** Whether ids only rise or only fall, as in most answers: then none repeats. Asked of each group as it is decoded, while it is at hand. */
class IdOrder {
  #previous: number | undefined;
  #rises = 0;
  #falls = 0;
  #repeats = 0;

  add(id: number): void {
    if (this.#previous !== undefined) {
      if (id > this.#previous) this.#rises++;
      else if (id < this.#previous) this.#falls++;
      else this.#repeats++;
    }
    this.#previous = id;
  }

  get isMonotone(): boolean {
    return this.#repeats === 0 && (this.#rises === 0 || this.#falls === 0);
  }
}

/** A group can come twice in one answer: the first counts. */
function eachOnce(groups: MeasureGroup[], order: IdOrder): readonly MeasureGroup[] {
  if (order.isMonotone) return groups;
  const ids = new Set<number>();
  for (const { id } of groups) ids.add(id);
  if (ids.size === groups.length) return groups;
  return groups.filter(({ id }) => ids.delete(id));
}

function decodeGroup(group: RawGroup, unknown: UnknownSink): MeasureGroup {
  const { attrib, measures } = group;
  const counted = isPlaceholder(attrib, measures) ? measures.filter(isNoMass) : measures;
  return groupOf(group, decodeMeasures(counted, unknown), unknown);
}

/** Of two values of one type at one place the first counts: they were equal wherever both were seen. */
function decodeMeasures(measures: readonly RawMeasure[], unknown: UnknownSink): Measure[] {
  // Made at its length, as the original API's decoder does: a long history decodes in two thirds of the time.
  const decoded = new Array<Measure>(measures.length);
  let count = 0;
  for (const raw of measures) {
    const { type: code } = raw;
    const known = measureTypes.get(code);
    const position = placeOf(raw.position, known);
    if (isThere(decoded, count, code, position)) continue;
    const type = typeNamed(code, unknown, known);
    const value = exact(raw.value, raw.unit);
    decoded[count++] = position === undefined ? { type, code, value } : { type, code, value, position };
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
function placeOf(position: unknown, known: MeasureType | undefined): number | undefined {
  if (typeof position !== "number") return undefined;
  return position === WHOLE_BODY && !known?.segmental ? undefined : position;
}

/** A typed-in weight comes with a fat mass of 0 where none was measured, and with all of it as fat-free. */
function isPlaceholder(attrib: number, measures: readonly RawMeasure[]): boolean {
  if (!MANUAL.has(attrib)) return false;
  const mantissaOf = (code: number) => measures.find(({ type }) => type === code)?.value;
  return mantissaOf(FAT_MASS) === 0 && (mantissaOf(FAT_RATIO) ?? 0) === 0;
}

const isNoMass = ({ type }: RawMeasure): boolean => type !== FAT_FREE_MASS && type !== FAT_RATIO && type !== FAT_MASS;
