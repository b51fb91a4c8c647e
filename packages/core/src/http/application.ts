import { type Clock, systemClock } from "../clock.ts";
import type { Priority } from "../domain/call-options.ts";
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
}

/** One call that wants to go out. */
export interface Admission {
  /** Equal for identical calls; undefined for a call that may be repeated at once. */
  readonly key: string | undefined;
  /** Keeps its distance to the others of its kind: a subscribe makes the service call back. */
  readonly isPaced: boolean;
  /** The transport repeats a call that failed, by rules of its own. */
  readonly isRetry: boolean;
  readonly priority: Priority;
  readonly signal: AbortSignal | undefined;
}

interface Waiting extends Admission {
  readonly go: () => void;
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
  readonly #subscribeGapMs: number;
  #pacedAt = -Infinity;
  #wakeAt = Infinity;
  /** Ends the sleep until `#wakeAt`. */
  #alarm = new AbortController();

  constructor(options: ApplicationOptions = {}) {
    const { clock = systemClock, callsPerMinute, repeatCallMs, subscribeGapMs } = options;
    this.#clock = awake(clock);
    const perMinute = atLeast("callsPerMinute", 1, callsPerMinute ?? LIMITS.callsPerMinute);
    this.#rateLimit = new RateLimit(perMinute);
    this.#choreLimit = new RateLimit(Math.max(1, Math.floor(perMinute * LIMITS.choreShare)));
    this.#guard = new RepeatGuard(atLeast("repeatCallMs", 0, repeatCallMs ?? LIMITS.repeatCallMs));
    this.#subscribeGapMs = atLeast("subscribeGapMs", 0, subscribeGapMs ?? LIMITS.subscribeGapMs);
  }

  /** Resolves when the call may go out, and counts it. An aborted one leaves the queue and takes no place. */
  admit(call: Admission): Promise<void> {
    const { signal, priority } = call;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const queue = this.#waiting[priority];
    return new Promise((resolve, reject) => {
      const abort = () => {
        queue.delete(waiting);
        reject(signal?.reason);
        this.#drain();
      };
      const go = () => {
        queue.delete(waiting);
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const waiting: Waiting = { ...call, go };
      queue.add(waiting);
      signal?.addEventListener("abort", abort, { once: true });
      this.#drain();
    });
  }

  /** The service never saw this call: the same one may go out at once. */
  forget(key: string | undefined): void {
    if (key === undefined) return;
    this.#guard.forget(key);
    this.#drain();
  }

  #drain(): void {
    for (;;) {
      const now = this.#clock.monotonic();
      const { call, at } = this.#next(now);
      if (call === undefined) return this.#sleepUntil(at, now);
      this.#rateLimit.add(now);
      if (call.priority === "chore") this.#choreLimit.add(now);
      if (call.key !== undefined) this.#guard.add(call.key, now);
      if (call.isPaced) this.#pacedAt = now;
      call.go();
    }
  }

  /** The call that may go out now; or else when the next one may. */
  #next(now: number): { readonly call?: Waiting; readonly at: number } {
    const { hint, call, chore } = this.#waiting;
    if (hint.size + call.size + chore.size === 0) return { at: Infinity };
    const freeAt = this.#rateLimit.freeAt(now);
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

  #readyAt({ key, isPaced, isRetry }: Waiting): number {
    const guarded = key === undefined || isRetry ? -Infinity : this.#guard.allowedAt(key);
    return Math.max(guarded, isPaced ? this.#pacedAt + this.#subscribeGapMs : -Infinity);
  }

  #sleepUntil(at: number, now: number): void {
    if (at === this.#wakeAt) return;
    this.#alarm.abort();
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
