import type { FollowProblem, SubscriptionReport, SyncChange } from "@weighbridge/core";

/** Hears what becomes of people. */
export interface Reports {
  /** The person's rows were read at the start, with so many measures. */
  began?(personId: number, measures: number): void;
  /** A commit that changed something is on disk. */
  committed(personId: number, change: SyncChange): void;
  /** Another problem than before, or none any more. */
  problem(personId: number, problem: FollowProblem | null): void;
  /** `isNews`: the problem, or that there is none any more, was not reported before. */
  subscription(personId: number, report: SubscriptionReport, isNews: boolean): void;
  /** Something beside the rows of a person changed. */
  changed(personId: number): void;
}

/** Passes each report on to all listeners, in this order. */
export function toAll(listeners: readonly Reports[]): Required<Reports> {
  return {
    began(...report) {
      for (const one of listeners) one.began?.(...report);
    },
    committed(...report) {
      for (const one of listeners) one.committed(...report);
    },
    problem(...report) {
      for (const one of listeners) one.problem(...report);
    },
    subscription(...report) {
      for (const one of listeners) one.subscription(...report);
    },
    changed(...report) {
      for (const one of listeners) one.changed(...report);
    },
  };
}
