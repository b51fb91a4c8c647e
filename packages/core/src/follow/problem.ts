import type { EpochSeconds } from "../domain/measure-group.ts";
import { type ErrorCode, entryOf } from "../error-codes.ts";
import { type Problem, problemOf, RejectedError, WeighbridgeError } from "../errors.ts";
import type { FollowMemory } from "../ports/person-store.ts";
import type { Failure } from "./backoff.ts";
import { FOLLOW_LIMITS } from "./limits.ts";
import { doCallbacksCome } from "./subscription.ts";

/**
 * The reason why a person's data may not come, in words that may be shown. Either an error that waits for an actor, with its code; or
 * - `data_late`: the service fails, and polls were missed
 * - `data_empty`: the API shows none of the groups that it showed before
 * - `callbacks_missing`: a weigh-in was found by a poll, without the callback that should have announced it
 */
export type FollowProblem = Problem;

const followProblem = (code: ErrorCode, message: string): FollowProblem => ({
  code,
  message,
  remedy: entryOf(code).remedy,
});

/** Problems that pass by themselves, or that cost latency only: the account works. */
const SOFT: ReadonlySet<string> = new Set<ErrorCode>(["data_late", "data_empty", "callbacks_missing"]);

/** True while the account answers: the problem is no reason to call the person's values unavailable. */
export const isAccountWorking = (problem: FollowProblem | null): boolean => problem === null || SOFT.has(problem.code);

/** The failure waits for its actor. A single refusal between good answers does not count. */
export function blockedBy(failure: Failure | undefined): FollowProblem | null {
  if (failure === undefined) return null;
  const { error, isBlocked } = failure;
  if (!(error instanceof WeighbridgeError) || error.actor === "service") return null;
  if (error instanceof RejectedError && !isBlocked) return null;
  return problemOf(error);
}

/** The service fails for so long that polls were missed. */
export function lateData(error: unknown, failingMs: number, pollEveryS: number): FollowProblem | null {
  if (failingMs < FOLLOW_LIMITS.missedPolls * pollEveryS * 1000) return null;
  const reason = error instanceof Error ? error.message : String(error);
  return followProblem("data_late", `no data came for ${Math.round(failingMs / 60_000)} minutes: ${reason}`);
}

/** Groups are stored, and the API shows none of them: that alone proves no deletion. */
export const emptyData = (person: string): FollowProblem =>
  followProblem("data_empty", `the API shows nothing for ${person}, though it did before; what is stored stays`);

/** Callbacks should come, and do not. */
export function missingCallbacks(memory: FollowMemory, now: EpochSeconds): FollowProblem | null {
  const { missedAt } = memory;
  if (missedAt === undefined || doCallbacksCome(memory)) return null;
  // The callback may just be on its way.
  if (now >= missedAt && now - missedAt < FOLLOW_LIMITS.callbackGraceS) return null;
  return followProblem(
    "callbacks_missing",
    "the API announced no weigh-in, though there is a subscription: a poll found one",
  );
}
