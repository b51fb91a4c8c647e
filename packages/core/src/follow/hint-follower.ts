import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Window } from "../domain/window.ts";
import { RejectedError, WeighbridgeError } from "../errors.ts";
import type { PersonCommit, StoredHint, SyncChange } from "../ports/person-store.ts";
import { syncWideWindow, syncWindow } from "../weigh-ins/window.ts";
import type { Followed } from "./followed.ts";
import {
  type AskedWindow,
  addNews,
  hasWindow,
  isAnswered,
  mergeHints,
  type News,
  noNews,
  triedHint,
  type WindowHint,
} from "./hints.ts";
import { FOLLOW_LIMITS } from "./limits.ts";
import { RecentCalls } from "./recent-calls.ts";

export interface HintFollowerInput {
  readonly followed: Followed;
  readonly repeatCallMs: number;
  /** Rejects where the poll failed; the hints wait for the next one. */
  poll(signal: AbortSignal): Promise<News>;
  /** From when on a poll is no repetition, monotonic milliseconds. */
  pollAt(): number;
  /** When a poll that failed comes again, monotonic milliseconds. */
  pollAgainAt(): number;
  /** A poll followed hints without a window: only a re-read finds what was deleted. */
  onBlind(): void;
}

/** Follows the waiting hints of one person, each until a call shows something new for it or its tries are over. */
export class HintFollower {
  readonly #input: HintFollowerInput;
  readonly #calls: RecentCalls;
  /** When each waiting hint is due, monotonic milliseconds, by its id. */
  readonly #waits = new Map<number, number>();
  #hasFresh: boolean;
  /** The store could not be read. */
  #mustRead = false;
  #canWait = true;
  #waiting: readonly StoredHint[] = [];

  constructor(input: HintFollowerInput, hasHints: boolean) {
    this.#input = input;
    this.#calls = new RecentCalls(input.followed.clock, input.repeatCallMs);
    this.#hasFresh = hasHints;
  }

  /** A hint came that no turn has seen. */
  get hasFresh(): boolean {
    return this.#hasFresh;
  }

  /** The windows of a minute are used up: the next hints are followed by polls, and may wait for other work. */
  get isFlooded(): boolean {
    return this.#calls.isFull;
  }

  /** When the oldest waiting hint was taken; null where none waits. */
  get oldestAt(): EpochSeconds | null {
    return this.#waiting.reduce<EpochSeconds | null>((at, { takenAt }) => Math.min(at ?? takenAt, takenAt), null);
  }

  /** When hints that a turn has seen are due, monotonic milliseconds. */
  get retryAt(): number {
    let next = this.#mustRead ? -Infinity : Infinity;
    for (const at of this.#waits.values()) next = Math.min(next, at);
    return next;
  }

  add(): void {
    this.#hasFresh = true;
  }

  /** True while only hints are followed that were tried before: a fresh hint may interrupt them. */
  get canWait(): boolean {
    return this.#canWait;
  }

  /** Whether there was anything to follow. Rejects where the store fails, and with what is no WeighbridgeError. */
  async follow(signal: AbortSignal): Promise<boolean> {
    const now = this.#input.followed.clock.monotonic();
    this.#hasFresh = false;
    this.#mustRead = true;
    const hints = await this.#read();
    this.#mustRead = false;
    const due = new Set(hints.filter(({ id }) => (this.#waits.get(id) ?? 0) <= now));
    if (due.size === 0) return false;
    const { left, refused } = await this.#askWindows(hints, due, signal);
    await this.#askPoll(left, refused, signal);
    return true;
  }

  /** Hints as they are stored now, the newest first. */
  async #read(): Promise<readonly StoredHint[]> {
    const { followed } = this.#input;
    const hints = await followed.store.hints(2 * FOLLOW_LIMITS.waitingWindows + 2);
    const known = new Map(this.#waits);
    this.#canWait = hints.every(({ id, tries }) => known.has(id) || tries > 0);
    this.#waits.clear();
    for (const hint of hints) this.#waits.set(hint.id, known.get(hint.id) ?? this.#dueAt(hint));
    this.#waiting = hints;
    return hints;
  }

  /** Of a hint that this process has not followed. Its date may be far off, since the clock can have been set. */
  #dueAt({ tries, nextAt }: StoredHint): number {
    if (tries === 0) return -Infinity;
    const { followed } = this.#input;
    const longest = FOLLOW_LIMITS.askAgainS.at(-1) ?? 0;
    const waitS = Math.min(longest, Math.max(0, nextAt - followed.now()));
    return followed.clock.monotonic() + waitS * 1000;
  }

  /** Asks for the windows that are due. Gives back what a poll has to follow. */
  async #askWindows(hints: readonly StoredHint[], due: ReadonlySet<StoredHint>, signal: AbortSignal) {
    const left = [...due].filter(({ window }) => window === null);
    const refused = new Set<number>();
    let failures = 0;
    for (const asked of windowsOf(hints)) {
      const ofTurn = asked.hints.filter((hint) => due.has(hint));
      if (ofTurn.length === 0 || this.#mustWait(asked, ofTurn)) continue;
      const isTooMuch = this.#calls.isFull || failures >= FOLLOW_LIMITS.failedWindows;
      const failure = isTooMuch ? null : await this.#ask(asked, ofTurn, signal);
      if (failure === undefined) continue;
      failures++;
      for (const hint of ofTurn) {
        left.push(hint);
        if (isRefused(failure)) refused.add(hint.id);
      }
    }
    return { left, refused };
  }

  /** The same window was asked for a moment ago. */
  #mustWait(asked: AskedWindow, due: readonly WindowHint[]): boolean {
    const allowedAt = this.#calls.allowedAt(asked);
    const isTooSoon = allowedAt > this.#input.followed.clock.monotonic();
    if (isTooSoon) this.#wait(due, allowedAt);
    return isTooSoon;
  }

  /** Resolves with the WeighbridgeError of a call that failed. */
  async #ask(asked: AskedWindow, due: readonly WindowHint[], signal: AbortSignal): Promise<unknown> {
    const { followed } = this.#input;
    this.#calls.add(asked);
    const news = noNews();
    const input = { ...followed.sync("hint", signal), window: asked };
    let whole: SyncChange | undefined;
    try {
      if (!isWide(asked)) {
        whole = await syncWindow(input);
        addNews(news, whole);
      } else {
        // A wide one takes long: fresh hints interrupt it.
        this.#canWait = true;
        for await (const change of syncWideWindow(input)) {
          addNews(news, change);
          // Before the next part is asked for: an answer may show the same change again.
          await followed.commit({ change });
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof WeighbridgeError)) throw error;
      return error;
    }
    const answered = asked.hints.filter((hint) => isAnswered(hint, asked, news));
    const tried = due.filter((hint) => !answered.includes(hint));
    await this.#commit(answered, tried, whole ? { change: whole } : {});
    return undefined;
  }

  async #askPoll(hints: readonly StoredHint[], refused: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    if (hints.length === 0) return;
    const { followed, poll, pollAt, pollAgainAt, onBlind } = this.#input;
    const allowedAt = pollAt();
    if (allowedAt > followed.clock.monotonic()) return this.#wait(hints, allowedAt);
    let news: News;
    try {
      news = await poll(signal);
    } catch {
      signal.throwIfAborted();
      return this.#wait(hints, pollAgainAt());
    }
    // A poll shows no deletion, which is likely among the many windows that one of hours or days stands for.
    const isLooked = ({ window }: StoredHint) => window === null || isMoment(window);
    const isDone = (hint: StoredHint) => refused.has(hint.id) || (isLooked(hint) && isAnswered(hint, null, news));
    const tried = hints.filter((hint) => !isDone(hint));
    if (hints.some(({ window, tries }) => window === null && tries === 0)) onBlind();
    await this.#commit(hints.filter(isDone), tried, {});
  }

  #wait(hints: readonly StoredHint[], at: number): void {
    for (const { id } of hints) this.#waits.set(id, at);
  }

  async #commit(done: readonly StoredHint[], tried: readonly StoredHint[], commit: PersonCommit): Promise<void> {
    const { followed, repeatCallMs } = this.#input;
    const now = followed.now();
    const next = tried.map((hint) => triedHint(hint, now, repeatCallMs / 1000));
    const triedHints = next.filter((hint) => hint !== null);
    const dropped = tried.filter((_, index) => next[index] === null);
    const doneHints = [...done, ...dropped].map(({ id }) => id);
    await followed.commit({ ...commit, memory: this.#memory(), doneHints, triedHints });
    for (const id of doneHints) this.#waits.delete(id);
    const ended = new Set(doneHints);
    this.#waiting = this.#waiting.filter(({ id }) => !ended.has(id));
    for (const { id, nextAt } of triedHints) {
      const takenAt = tried.find((hint) => hint.id === id)?.takenAt ?? now;
      this.#waits.set(id, followed.clock.monotonic() + (nextAt - Math.max(now, takenAt)) * 1000);
    }
  }

  #memory() {
    const { memory } = this.#input.followed.record;
    const callbackAt = this.#waiting.reduce((at, { takenAt }) => Math.max(at, takenAt), memory.callbackAt ?? 0);
    return { ...memory, callbackAt };
  }
}

/** The window itself is wrong, and will be. */
const isRefused = (failure: unknown): boolean => failure instanceof RejectedError && failure.actor === "caller";

const isMoment = ({ from, to }: Window): boolean => to - from <= FOLLOW_LIMITS.momentS;

const isWide = ({ from, to }: Window): boolean => to - from > FOLLOW_LIMITS.widestHintS;

/** Windows as they are asked for: narrow ones merged, then wide ones each for itself. */
function windowsOf(hints: readonly StoredHint[]): AskedWindow[] {
  const withWindow = hints.filter(hasWindow);
  const wide = withWindow.filter(({ window }) => isWide(window));
  const narrow = withWindow.filter(({ window }) => !isWide(window));
  return [...mergeHints(narrow), ...wide.map((hint) => ({ ...hint.window, hints: [hint] }))];
}
