import type { EpochSeconds } from "../domain/measure-group.ts";
import type { PersonEvent, PersonState } from "../domain/weigh-in.ts";
import { derive } from "./derive.ts";
import { eventId } from "./event-id.ts";

/**
 * The last weigh-in of a state as the event that announced it, with the same id while it is unchanged.
 * `recordedAt`: epoch seconds. `eventCount`: how many events it had so far. Undefined without a weigh-in.
 */
export function lastWeighInEvent(
  state: PersonState,
  {
    personKey,
    recordedAt,
    eventCount,
  }: { readonly personKey: string; readonly recordedAt: EpochSeconds; readonly eventCount: number },
): PersonEvent | undefined {
  if (state.lastWeighIn === null) return undefined;
  const { id: subjectId, groupIds: _groupIds, ...content } = state.lastWeighIn;
  const id = eventId(personKey, "weigh_in", { ...content, subjectId }, Math.max(0, eventCount - 1));
  return { id, kind: "weigh_in", subjectId, recordedAt, backdated: false, derived: derive(state), ...content };
}
