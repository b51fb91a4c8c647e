import { type Chore, dueTimes, type Intervals, type LastDone } from "./schedule.ts";
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
  problem: AccountProblem | null;
  running: Promise<void> | undefined;
}

export function newDesk(slug: string, syncer: Syncer, startedAt: number): Desk {
  return {
    slug,
    syncer,
    startedAt,
    done: { poll: null, reread: null, profile: null },
    calls: new Map(),
    hasHints: false,
    hintsFrom: 0,
    restUntil: 0,
    failures: 0,
    problem: null,
    running: undefined,
  };
}

const CHORES: readonly Chore[] = ["poll", "profile", "reread"];

export function choreTimes({ done, syncer, startedAt }: Desk, intervals: Intervals): Readonly<Record<Chore, number>> {
  return dueTimes(done, syncer.stored.subscription, intervals, startedAt);
}

export function choresDue(desk: Desk, intervals: Intervals, nowS: number): Chore[] {
  const times = choreTimes(desk, intervals);
  return CHORES.filter((chore) => times[chore] <= nowS);
}

/** When the person's turn comes next, epoch milliseconds. */
export function turnAt(desk: Desk, intervals: Intervals): number {
  const times = choreTimes(desk, intervals);
  const chore = Math.min(times.poll, times.profile, times.reread) * 1000;
  const hint = desk.hasHints ? desk.hintsFrom : Infinity;
  return Math.max(desk.restUntil, Math.min(chore, hint));
}
