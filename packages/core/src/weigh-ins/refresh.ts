import type { EpochSeconds } from "../domain/measure-group.ts";
import type { LatestValue, PersonState } from "../domain/weigh-in.ts";
import type { GroupReader } from "../ports/person-store.ts";
import { isShowable } from "./horizon.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { rebuild } from "./rebuild.ts";

/**
 * The state as stored groups give it today: a value whose date was in the future has come of age, and one that no state should hold is
 * replaced. The same object where nothing changes.
 */
export async function refreshed(
  state: PersonState,
  { reader, today }: { readonly reader: GroupReader; readonly today: EpochSeconds },
): Promise<PersonState> {
  const horizon = today + SYNC_LIMITS.futureS;
  const wrong = (values: Readonly<Record<string, LatestValue>>) =>
    new Set(Object.keys(values).filter((key) => isWrong(values[key]?.measuredAt, horizon)));
  const stale = { latest: wrong(state.latest), target: wrong(state.target), history: true };
  const next = await rebuild(state, stale, {
    reader,
    horizon,
    verdictsOn: (groups) => reader.verdicts(groups.map(({ id }) => id)),
  });
  return JSON.stringify(next) === JSON.stringify(state) ? state : next;
}

const isWrong = (at: EpochSeconds | undefined, horizon: EpochSeconds): boolean =>
  at === undefined || !isShowable(at) || at > horizon;
