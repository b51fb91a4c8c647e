import type { Clock } from "@weighbridge/core/clock";
import { ManualClock } from "@weighbridge/core/testing";
import { onTestFinished } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";

/** 2026-03-01T07:00:00Z. */
export const START = 1_772_348_400;

/** The same store, closed when the test is over, or before it. */
export function closedOnce(store: Store): Store {
  let isOpen = true;
  const close = store.close.bind(store);
  const closeOnce = async () => {
    if (!isOpen) return;
    isOpen = false;
    await close();
  };
  onTestFinished(() => closeOnce().catch(() => {}));
  return Object.assign(store, { close: closeOnce });
}

/** The store of a directory, until the test is over or it is closed. Failing writes are kept, since a process would end. */
export function openStore<C extends Clock = ManualClock>(
  directory: string,
  clock: C = new ManualClock(START * 1000) as Clock as C,
  { hasThread = false } = {},
) {
  const failures: unknown[] = [];
  const warnings: string[] = [];
  const store = openSqliteStore({
    directory,
    clock,
    hasThread,
    onFailure: (error) => failures.push(error),
    onWarning: (words) => warnings.push(words),
  });
  return { store: closedOnce(store), failures, warnings, clock };
}
