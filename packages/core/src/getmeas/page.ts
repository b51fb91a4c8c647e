import { attributions, categories } from "../domain/attributions.ts";
import type { Attribution, Category, Measure, MeasureGroup } from "../domain/measure-group.ts";
import { measureTypes } from "../domain/measure-types.ts";
import type { SkippedSink } from "../domain/skipped.ts";
import type { UnknownSink } from "../domain/unknown-code.ts";
import { fitOf } from "../http/check.ts";
import { type Losses, mendGroup } from "./mend-group.ts";
import { type RawGroup, rawGroup } from "./raw-group.ts";

const fits = fitOf(rawGroup);

/** Groups of one answer. */
export interface ReadGroups {
  readonly groups: MeasureGroup[];
  /** Groups that could not be read. */
  readonly skipped: number;
}

/** Decodes group by group: one that does not fit is mended where only one reading is possible, else left out and counted. */
export function readGroups(
  raws: readonly unknown[],
  decode: (group: RawGroup) => MeasureGroup,
  onSkipped: SkippedSink,
): ReadGroups {
  const groups: MeasureGroup[] = [];
  const losses: Losses = { values: 0, field: undefined };
  for (const raw of raws) {
    const group = fits(raw) ? raw : mendGroup(raw, losses);
    if (group) groups.push(decode(group));
  }
  const skipped = raws.length - groups.length;
  if (losses.field !== undefined) onSkipped({ groups: skipped, values: losses.values, field: losses.field });
  return { groups, skipped };
}

/**
 * A group of its parts. Each shape is written out: spreads would make three objects of each group, and a long history takes a tenth longer.
 */
export function groupOf(
  { grpid: id, attrib, date: measuredAt, category: code, modelid, model_id, comment }: RawGroup,
  measures: readonly Measure[],
  unknown: UnknownSink,
): MeasureGroup {
  const attribution = attributionNamed(attrib, unknown);
  const category = categoryNamed(code, unknown);
  const modelId = modelid ?? model_id;
  if (typeof modelId !== "number")
    return comment
      ? { id, attribution, measuredAt, category, measures, comment }
      : { id, attribution, measuredAt, category, measures };
  return comment
    ? { id, attribution, measuredAt, category, measures, modelId, comment }
    : { id, attribution, measuredAt, category, measures, modelId };
}

// Names of unknown codes are made on the fly: a table that a server can fill has no limit.

export function typeNamed(code: number, unknown: UnknownSink, known = measureTypes.get(code)): string {
  if (known) return known.id;
  unknown({ kind: "measure_type", code });
  return `type_${code}`;
}

function attributionNamed(code: number, unknown: UnknownSink): Attribution {
  const known = attributions.get(code);
  if (known) return known;
  unknown({ kind: "attribution", code });
  return { code, name: "unknown" };
}

function categoryNamed(code: number, unknown: UnknownSink): Category {
  const known = categories.get(code);
  if (known) return known;
  unknown({ kind: "category", code });
  return { code, name: "unknown" };
}
