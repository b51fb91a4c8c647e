import { type Chore, type ChoreIntervals, dueTimes, type LastDone } from "@weighbridge/core";
import type { Syncer } from "./syncer.ts";

/** What keeps a person's account from answering. */
export interface AccountProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What is to do for one person, and when. */
export interface Desk {
  readonly slug: string;
  readonly syncer: Syncer;
  readonly startedAt: number;
  readonly done: LastDone;
  /** By window, when it was asked for last, epoch milliseconds. */
  readonly calls: Map<string, number>;
  hasHints: boolean;
  /** Hints are not looked at before, epoch milliseconds. */
  hintsFrom: number;
  /** Nothing is started before, epoch milliseconds. */
  restUntil: number;
  failures: number;
  /** Code of the failure that the log told of last; null after a success. */
  toldFailure: string | null;
  problem: AccountProblem | null;
  running: Promise<void> | undefined;
}

export function newDesk(slug: string, syncer: Syncer, startedAt: number): Desk {
  return {
    slug,
    syncer,
    startedAt,
    done: { poll: null, reread: syncer.stored.rereadAt, profile: null },
    calls: new Map(),
    hasHints: false,
    hintsFrom: 0,
    restUntil: 0,
    failures: 0,
    toldFailure: null,
    problem: null,
    running: undefined,
  };
}

const CHORES: readonly Chore[] = ["poll", "profile", "reread"];

export function choreTimes(
  { done, syncer, startedAt }: Desk,
  intervals: ChoreIntervals,
): Readonly<Record<Chore, number>> {
  const { subscription, addedAt } = syncer.stored;
  return dueTimes({ done, startedAt, addedAt, subscriptions: subscription ? [subscription] : [], intervals });
}

export function choresDue(desk: Desk, intervals: ChoreIntervals, nowS: number): Chore[] {
  const times = choreTimes(desk, intervals);
  return CHORES.filter((chore) => times[chore] <= nowS);
}

/** When the person's turn comes next, epoch milliseconds. */
export function turnAt(desk: Desk, intervals: ChoreIntervals): number {
  const times = choreTimes(desk, intervals);
  const chore = Math.min(times.poll, times.profile, times.reread) * 1000;
  const hint = desk.hasHints ? desk.hintsFrom : Infinity;
  return Math.max(desk.restUntil, Math.min(chore, hint));
}
