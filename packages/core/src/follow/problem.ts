import type { EpochSeconds } from "../domain/measure-group.ts";
import { RejectedError, WeighbridgeError } from "../errors.ts";
import type { FollowMemory } from "../ports/person-store.ts";
import type { Failure } from "./backoff.ts";
import { FOLLOW_LIMITS } from "./limits.ts";
import { doCallbacksCome } from "./subscription.ts";

/**
 * Why a person's data may not come, in words that may be shown. Either somebody must act, with the code of the error; or
 * - `data_late`: the service fails, and polls were missed
 * - `data_empty`: the API shows none of the groups that it showed before
 * - `callbacks_missing`: a weigh-in was found by a poll, without the callback that should have announced it
 */
export interface FollowProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Problems that pass by themselves, or that cost latency only: the account works. */
const SOFT: ReadonlySet<string> = new Set(["data_late", "data_empty", "callbacks_missing"]);

/** Whether the account answers: it is no reason to call the person's values unavailable. */
export const isAccountWorking = (problem: FollowProblem | null): boolean => problem === null || SOFT.has(problem.code);

/** The failure waits for somebody to act. A single refusal between good answers does not count. */
export function blockedBy(failure: Failure | undefined): FollowProblem | null {
  if (failure === undefined) return null;
  const { error, isBlocked } = failure;
  if (!(error instanceof WeighbridgeError) || error.actor === "service") return null;
  if (error instanceof RejectedError && !isBlocked) return null;
  return { code: error.code, message: error.message, remedy: error.remedy };
}

/** The service fails for so long that polls were missed. */
export function lateData(error: unknown, failingMs: number, pollEveryS: number): FollowProblem | null {
  if (failingMs < FOLLOW_LIMITS.missedPolls * pollEveryS * 1000) return null;
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: "data_late",
    message: `no data came for ${Math.round(failingMs / 60_000)} minutes: ${reason}`,
    remedy: "Wait: weigh-ins appear when the service works again. If it goes on for a day, check the base URL.",
  };
}

/** Groups are stored, and the API shows none of them: that alone proves no deletion. */
export const emptyData = (person: string): FollowProblem => ({
  code: "data_empty",
  message: `the API shows nothing for ${person}, though it did before; what is stored stays`,
  remedy:
    "See in the service's own app whether the measurements are there. If they are, wait; if they were deleted, so will ours be.",
});

/** Callbacks should come, and do not. */
export function missingCallbacks(memory: FollowMemory, now: EpochSeconds): FollowProblem | null {
  const { missedAt } = memory;
  if (missedAt === undefined || doCallbacksCome(memory)) return null;
  // The callback may just be on its way.
  if (now >= missedAt && now - missedAt < FOLLOW_LIMITS.callbackGraceS) return null;
  return {
    code: "callbacks_missing",
    message: "the API announced no weigh-in, though there is a subscription: a poll found one",
    remedy:
      "Open the callback URL from another network: it must answer 200 without a login. Until a callback comes, polls come often.",
  };
}
