import type { EpochSeconds } from "../domain/measure-group.ts";
import type { GroupQuery } from "../ports/person-api.ts";
import { type Clocks, today } from "./horizon.ts";
import { SYNC_LIMITS } from "./limits.ts";

/** The cursor after a complete poll: the server's clock when it answered, but no more than a step ahead of ours; ours where it did not say. */
export const cursorAfter = ({ now, serverTime }: Clocks): EpochSeconds =>
  serverTime === undefined ? now : Math.min(serverTime, now + SYNC_LIMITS.clockStepS);

/** Asks for what changed since a cursor, with an overlap. One that lies ahead of our clock asks from now; one that lies far ahead counts as none. */
export function queryOf(cursor: EpochSeconds | null, now: EpochSeconds): GroupQuery {
  if (cursor === null || cursor > today({ now }) + SYNC_LIMITS.futureS) return {};
  return { modifiedSince: Math.max(0, Math.min(cursor, now) - SYNC_LIMITS.overlapS) };
}
