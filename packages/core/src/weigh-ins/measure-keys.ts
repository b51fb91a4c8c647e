import type { Measure, MeasureGroup } from "../domain/measure-group.ts";

/** The order of the API's answer says nothing: the same measures in another order are the same. */
export const inOrder = (measures: readonly Measure[]): Measure[] =>
  measures.toSorted((a, b) => a.code - b.code || (a.position ?? -1) - (b.position ?? -1) || a.value - b.value);

const plainKey = ({ type, position }: Measure): string => (position === undefined ? type : `${type}_${position}`);

/**
 * The key of each measure in one reading: its type, and its position on the body. Where two groups of one second bring the same one, such as a pulse wave
 * velocity of the whole body and one of a foot, the first keeps the plain key and the other's is told apart by attribution, else by model.
 * The group with the weight comes first, then the groups of the scale's own choice, then companions.
 */
export function keysOf(groups: readonly MeasureGroup[]): (group: MeasureGroup, measure: Measure) => string {
  const owners = new Map<string, MeasureGroup>();
  const [main, ...others] = groups;
  for (const group of [...(main ? [main] : []), ...others.toSorted(byRank)])
    for (const measure of group.measures) {
      const key = plainKey(measure);
      if (!owners.has(key)) owners.set(key, group);
    }
  return (group, measure) => {
    const key = plainKey(measure);
    const owner = owners.get(key);
    // A value from another second is another measurement of the same thing: the first one stands.
    if (owner === undefined || owner === group || owner.measuredAt !== group.measuredAt) return key;
    if (owner.attribution.code !== group.attribution.code) return `${key}_${nameOf(group)}`;
    return owner.modelId === group.modelId ? key : `${key}_model_${group.modelId ?? "unknown"}`;
  };
}

const nameOf = ({ attribution: { code, name } }: MeasureGroup): string =>
  name === "unknown" ? `attribution_${code}` : name;

const isCompanion = ({ attribution }: MeasureGroup): number => (attribution.name === "companion" ? 1 : 0);

const byRank = (a: MeasureGroup, b: MeasureGroup): number =>
  isCompanion(a) - isCompanion(b) || a.measuredAt - b.measuredAt || a.id - b.id;
