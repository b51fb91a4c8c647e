import type { MeasureGroup, PersonEvent, SyncChange } from "@weighbridge/core";
import type { HeldChange, HeldWeighIn, HeldWeighIns } from "../store/store.ts";

/**
 * The change that a sync makes to a person's held weigh-ins; undefined for none. A weigh-in is held from the event that asks whose it is
 * until a verdict, its deletion, or an edit after which the API is sure. The policy of the day plays no part: a question that was asked
 * stays open when the policy changes.
 */
export function heldChangeOf(change: SyncChange, before: HeldWeighIns): HeldChange | undefined {
  // An edit that moves a weigh-in announces its end and asks again, in the order of measuring: the question counts.
  const added = new Map(change.events.filter(isQuestion).map((event) => [event.subjectId, heldOf(event)]));
  const ended = endedBy(change, before).filter((id) => !added.has(id));
  return added.size + ended.length === 0 ? undefined : { added: [...added.values()], ended };
}

function endedBy({ upserts, removals, events, verdicts = [] }: SyncChange, { count, newest }: HeldWeighIns): number[] {
  if (count === 0) return [];
  const ids = new Set([
    ...removals,
    ...verdicts.map(({ weighInId }) => weighInId),
    ...upserts.filter((group) => !canBeHeld(group)).map(({ id }) => id),
    ...events.map(({ subjectId }) => subjectId).filter((id) => id !== null),
  ]);
  // Only of a long list it is not known who else is in it.
  const known = count > newest.length ? undefined : new Set(newest.map(({ id }) => id));
  return [...ids].filter((id) => known?.has(id) ?? true);
}

/** A measurement without a weight may be somebody else's, too, but nobody can claim it. */
const isQuestion = (event: PersonEvent): event is PersonEvent & { readonly subjectId: number } =>
  event.kind === "weigh_in_ambiguous" && event.subjectId !== null && (event.values["weight"] ?? 0) > 0;

const heldOf = ({ subjectId: id, measuredAt, values }: PersonEvent & { readonly subjectId: number }): HeldWeighIn => ({
  ...{ id, measuredAt, values },
});

const canBeHeld = ({ attribution, measures }: MeasureGroup): boolean =>
  attribution.name === "ambiguous" && measures.some(({ type }) => type === "weight");
