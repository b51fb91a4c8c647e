import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Window } from "../domain/window.ts";
import type { StoredHint, SyncChange } from "../ports/person-store.ts";
import { FOLLOW_LIMITS } from "./limits.ts";

/** Windows of a person that may wait, for a store that applies the rule of `admitHint` in a language of its own. */
export const WAITING_WINDOWS = FOLLOW_LIMITS.waitingWindows;

/** Effect of one more hint on those that wait. */
export interface Admission {
  /** Ids of waiting hints that make way. */
  readonly dropped: readonly number[];
  /** Windows to store, in this order; null where none is known. */
  readonly added: readonly (Window | null)[];
}

/**
 * The quota of a person. A window that waits already is replaced, since the API has to be asked again after the newer hint. Where too many
 * wait, one window from the first to the last of them takes their place, beside the newest: the person on the scale does not wait for an
 * import of years, and a deletion among the many is still expected.
 */
export function admitHint(waiting: readonly StoredHint[], window: Window | null): Admission {
  const same = waiting.filter((hint) => isSameWindow(hint.window, window));
  const others = waiting.filter((hint) => !same.includes(hint) && hint.window !== null);
  if (window === null || others.length < FOLLOW_LIMITS.waitingWindows) return { dropped: idsOf(same), added: [window] };
  return { dropped: idsOf([...same, ...others]), added: [spanOf(others.filter(hasWindow)), window] };
}

const idsOf = (hints: readonly StoredHint[]) => hints.map(({ id }) => id);

function spanOf(hints: readonly WindowHint[]): Window {
  return {
    from: Math.min(...hints.map(({ window }) => window.from)),
    to: Math.max(...hints.map(({ window }) => window.to)),
  };
}

const isSameWindow = (a: Window | null, b: Window | null): boolean => a?.from === b?.from && a?.to === b?.to;

/** A hint whose window is known. */
export type WindowHint = StoredHint & { readonly window: Window };

export const hasWindow = (hint: StoredHint): hint is WindowHint => hint.window !== null;

/** Hints that one call to the API follows. */
export interface AskedWindow extends Window {
  readonly hints: readonly WindowHint[];
}

/**
 * Overlapping and touching windows become one; distant ones, such as the two ends of a moved date, stay apart. Windows asked for least often
 * come first: one that shows nothing holds up no other. Of these the oldest hint comes first, so that events keep their order.
 */
export function mergeHints(hints: readonly WindowHint[]): AskedWindow[] {
  const merged: { from: number; to: number; hints: WindowHint[] }[] = [];
  for (const hint of hints.toSorted((a, b) => a.window.from - b.window.from)) {
    const { from, to } = hint.window;
    const last = merged.at(-1);
    if (last && from <= last.to + 1) {
      last.to = Math.max(last.to, to);
      last.hints.push(hint);
    } else merged.push({ from, to, hints: [hint] });
  }
  const first = ({ hints: ones }: AskedWindow) => ones.reduce(sooner);
  return merged.sort((a, b) => order(first(a), first(b)));
}

const order = (a: StoredHint, b: StoredHint) => a.tries - b.tries || a.id - b.id;
const sooner = <H extends StoredHint>(a: H, b: H): H => (order(a, b) <= 0 ? a : b);

/** Groups that a call showed and that were not stored yet. */
export interface News {
  readonly measuredAt: readonly EpochSeconds[];
  readonly hasRemovals: boolean;
}

export interface GatheredNews extends News {
  readonly measuredAt: EpochSeconds[];
  hasRemovals: boolean;
}

export const noNews = (): GatheredNews => ({ measuredAt: [], hasRemovals: false });

export function addNews(news: GatheredNews, { upserts, removals }: SyncChange): void {
  for (const { measuredAt } of upserts) news.measuredAt.push(measuredAt);
  news.hasRemovals ||= removals.length > 0;
}

/**
 * Whether the news answers a hint. A removed group, and one that was moved out of the window that was asked for, may answer any hint of the
 * call. A poll asks for no window (`asked` is null).
 */
export function isAnswered({ window }: StoredHint, asked: Window | null, { measuredAt, hasRemovals }: News): boolean {
  if (hasRemovals) return true;
  if (window === null) return measuredAt.length > 0;
  return measuredAt.some((at) => isNear(window, at) || (asked !== null && !isNear(asked, at)));
}

/** Calls widen a window by a second at both ends. */
const isNear = ({ from, to }: Window, at: EpochSeconds) => at >= from - 1 && at <= to + 1;

/** Next step for a hint that a call showed nothing for: when to ask again, or null where the hint is dropped. */
export function triedHint(
  { id, takenAt, tries }: StoredHint,
  now: EpochSeconds,
  repeatS: number,
): Pick<StoredHint, "id" | "tries" | "nextAt"> | null {
  const age = Math.max(0, now - takenAt);
  // The number of tries ends it too, since the clock may have been set back.
  const afterS = FOLLOW_LIMITS.askAgainS.slice(tries).find((step) => step >= age + repeatS);
  return afterS === undefined ? null : { id, tries: tries + 1, nextAt: takenAt + afterS };
}
