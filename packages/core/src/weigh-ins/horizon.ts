import type { EpochSeconds } from "../domain/measure-group.ts";
import type { PersonState } from "../domain/weigh-in.ts";
import { SYNC_LIMITS } from "./limits.ts";

export interface Clocks {
  /** Our clock. */
  readonly now: EpochSeconds;
  /** The clock of the server, where it said. */
  readonly serverTime?: EpochSeconds | undefined;
}

const FIRST_SHOWABLE_S = -62_135_596_800;
const LAST_SHOWABLE_S = 253_402_300_799;

/** A date that can be shown to people and to programs: of the years 1 to 9999. */
export const isShowable = (at: EpochSeconds): boolean =>
  Number.isInteger(at) && at >= FIRST_SHOWABLE_S && at <= LAST_SHOWABLE_S;

/** The later of the two clocks: a machine without a clock of its own starts years back. */
export const today = ({ now, serverTime }: Clocks): EpochSeconds =>
  serverTime !== undefined && isShowable(serverTime) ? Math.max(now, serverTime) : now;

/**
 * The latest second that can be the newest of a state: a day from today, since a date that was typed wrong must not hide all true ones. A last
 * weigh-in that is known already stays within, though our clock was set back.
 */
export const horizonOf = (clocks: Clocks & { readonly state: PersonState }): EpochSeconds =>
  Math.max(today(clocks) + SYNC_LIMITS.futureS, clocks.state.lastWeighIn?.measuredAt ?? 0);
