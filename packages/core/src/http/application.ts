import { type Clock, systemClock } from "../clock.ts";
import type { Priority } from "../domain/call-options.ts";
import { PostponedError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { awake } from "./awake.ts";
import { atLeast } from "./options.ts";
import { RateLimit } from "./rate-limit.ts";
import { RepeatGuard } from "./repeat-guard.ts";

export interface ApplicationOptions {
  /** The clock of the clients that share the application. @default the machine's */
  readonly clock?: Clock;
  /** Calls of all its clients in any minute; chores may use three quarters of them. @default 120 */
  readonly callsPerMinute?: number;
  /** Milliseconds before an identical call goes out again, whoever asks; 0: at once. @default 12 000 */
  readonly repeatCallMs?: number;
  /** Milliseconds between two subscribes. @default 5 000 */
  readonly subscribeGapMs?: number;
  /** Milliseconds between two revokes at an API that asks for a pace of them. @default 1 000 */
  readonly revokeGapMs?: number;
}

/** Calls that keep their distance to the others of their kind: a subscribe makes the service call back. */
export type Pace = "subscribe" | "revoke";

/** One call that wants to go out. */
export interface Admission {
  /** Equal for identical calls; undefined for a call that may be repeated at once. */
  readonly key: string | undefined;
  /** Undefined for a call that keeps no distance. */
  readonly pace: Pace | undefined;
  /** The transport repeats a call that failed, by rules of its own. */
  readonly isRetry: boolean;
  readonly priority: Priority;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds of patience that the service may ask for; where it asked for more, the call is given back as a PostponedError. */
  readonly patienceMs?: number;
}

/** Given as a reason, so that no error with a stack is made for each call. */
const OVER = "over";

interface Waiting extends Admission {
  readonly go: () => void;
  readonly giveBack: (reason: unknown) => void;
}

/**
 * State that one registration at an API has once, however many people and clients share it: the limit of calls per minute, the guard against
 * identical calls, and the pace of subscribes.
 *
 * A hint goes before every call that waits, and that before every chore; within a class the first come is the first served. A call that
 * must wait for a reason of its own (an identical one just went out) holds up no other.
 *
 * ```ts
 * const application = new Application({ callsPerMinute: 60 });
 * const ada = createWbsClient({ application }).person(adasKey);
 * const bob = createWbsClient({ application, baseUrl: proxy }).person(bobsKey);
 * ```
 */
export class Application {
  readonly #clock: Clock;
  readonly #rateLimit: RateLimit;
  readonly #choreLimit: RateLimit;
  readonly #guard: RepeatGuard;
  readonly #waiting: Readonly<Record<Priority, Set<Waiting>>> = {
    hint: new Set(),
    call: new Set(),
    chore: new Set(),
  };
  readonly #gapMs: Readonly<Record<Pace, number>>;
  readonly #pacedAt: Record<Pace, number> = { subscribe: -Infinity, revoke: -Infinity };
  #pausedUntil = -Infinity;
  #wakeAt = Infinity;
  /** Ends the sleep until `#wakeAt`. */
  #alarm = new AbortController();

  constructor(options: ApplicationOptions = {}) {
    const { clock = systemClock, callsPerMinute, repeatCallMs, subscribeGapMs, revokeGapMs } = options;
    this.#clock = awake(clock);
    const perMinute = atLeast("callsPerMinute", 1, callsPerMinute ?? LIMITS.callsPerMinute);
    this.#rateLimit = new RateLimit(perMinute);
    this.#choreLimit = new RateLimit(Math.max(1, Math.floor(perMinute * LIMITS.choreShare)));
    this.#guard = new RepeatGuard(atLeast("repeatCallMs", 0, repeatCallMs ?? LIMITS.repeatCallMs));
    this.#gapMs = {
      subscribe: atLeast("subscribeGapMs", 0, subscribeGapMs ?? LIMITS.subscribeGapMs),
      revoke: atLeast("revokeGapMs", 0, revokeGapMs ?? LIMITS.revokeGapMs),
    };
  }

  /** Resolves when the call may go out, and counts it. An aborted one leaves the queue and takes no place. */
  admit(call: Admission): Promise<void> {
    const { signal, priority } = call;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const postponed = this.#postponed(call);
    if (postponed) return Promise.reject(postponed);
    const queue = this.#waiting[priority];
    return new Promise((resolve, reject) => {
      const leave = () => {
        queue.delete(waiting);
        signal?.removeEventListener("abort", abort);
      };
      const giveBack = (reason: unknown) => {
        leave();
        reject(reason);
      };
      const abort = () => {
        giveBack(signal?.reason);
        this.#drain();
      };
      const go = () => {
        leave();
        resolve();
      };
      const waiting: Waiting = { ...call, go, giveBack };
      queue.add(waiting);
      signal?.addEventListener("abort", abort, { once: true });
      this.#drain();
    });
  }

  /** Sends nothing for so long: the service asked the whole application for patience. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + ms);
    this.#giveBack();
  }

  /** Sends no call like this one for so long: the service asked for patience with it. */
  hold(key: string | undefined, ms: number): void {
    if (key === undefined) return;
    const now = this.#clock.monotonic();
    this.#guard.hold(key, now + ms, now);
    this.#giveBack();
  }

  /** The service did not count this call: the same one may go out at once. */
  forget(key: string | undefined): void {
    if (key === undefined) return;
    this.#guard.forget(key);
    this.#drain();
  }

  /** Calls whose patience is over before they may go out leave the queue, so that their callers can do something else. */
  #giveBack(): void {
    for (const queue of Object.values(this.#waiting))
      for (const waiting of queue) {
        const postponed = this.#postponed(waiting);
        if (postponed) waiting.giveBack(postponed);
      }
    this.#drain();
  }

  #postponed({ key, patienceMs = Infinity }: Admission): PostponedError | undefined {
    const until = Math.max(this.#pausedUntil, key === undefined ? -Infinity : this.#guard.heldUntil(key));
    const retryAfterMs = until - this.#clock.monotonic();
    return retryAfterMs > patienceMs ? new PostponedError(retryAfterMs) : undefined;
  }

  #drain(): void {
    for (;;) {
      const now = this.#clock.monotonic();
      const { call, at } = this.#next(now);
      if (call === undefined) return this.#sleepUntil(at, now);
      this.#rateLimit.add(now);
      if (call.priority === "chore") this.#choreLimit.add(now);
      if (call.key !== undefined) this.#guard.add(call.key, now);
      if (call.pace) this.#pacedAt[call.pace] = now;
      call.go();
    }
  }

  /** The call that may go out now; or else when the next one may. */
  #next(now: number): { readonly call?: Waiting; readonly at: number } {
    const { hint, call, chore } = this.#waiting;
    if (hint.size + call.size + chore.size === 0) return { at: Infinity };
    const freeAt = Math.max(this.#rateLimit.freeAt(now), this.#pausedUntil);
    if (freeAt > now) return { at: freeAt };
    const choresAt = this.#choreLimit.freeAt(now);
    let next = chore.size > 0 && choresAt > now ? choresAt : Infinity;
    for (const queue of choresAt > now ? [hint, call] : [hint, call, chore])
      for (const waiting of queue) {
        const at = this.#readyAt(waiting);
        if (at <= now) return { call: waiting, at };
        next = Math.min(next, at);
      }
    return { at: next };
  }

  #readyAt({ key, pace, isRetry }: Waiting): number {
    const guarded = key === undefined || isRetry ? -Infinity : this.#guard.allowedAt(key);
    return Math.max(guarded, pace === undefined ? -Infinity : this.#pacedAt[pace] + this.#gapMs[pace]);
  }

  #sleepUntil(at: number, now: number): void {
    if (at === this.#wakeAt) return;
    this.#alarm.abort(OVER);
    this.#wakeAt = at;
    if (at === Infinity) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    const wake = () => {
      if (this.#alarm !== alarm) return;
      this.#wakeAt = Infinity;
      this.#drain();
    };
    this.#clock.sleep(at - now, alarm.signal).then(wake, () => {});
  }
}
