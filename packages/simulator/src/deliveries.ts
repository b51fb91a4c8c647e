import type { MovableClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";

/** One notification on its way to one URL. */
export interface Notice {
  /** Whose data changed. */
  readonly person: string;
  readonly url: string;
  readonly form: string;
  /** The application that is told, at today's API. */
  readonly application?: string;
  /** Waits before each further try, seconds. */
  readonly retryAfterS: readonly number[];
  /** False where the subscription has ended since it was queued. */
  isWanted(): boolean;
  /** After each try. */
  onAnswered?(isTaken: boolean): void;
  /** After the last try. */
  onGivenUp?(): void;
}

interface Delivery extends Notice {
  readonly try: number;
}

interface Outgoing {
  readonly person: string;
  readonly url: string;
  /** Empty for a probe. */
  readonly form: string;
  readonly method: "POST" | "HEAD";
  readonly application?: string;
  readonly try: number;
}

/** Carries notifications to subscribers, some at a time, and tries again where none took them. */
export class Deliveries {
  readonly #clock: MovableClock;
  readonly #log: Log;
  readonly #faults: Faults;
  readonly #stopped = new AbortController();
  readonly #waiting: Delivery[] = [];
  readonly #idle: (() => void)[] = [];
  #active = 0;

  constructor(clock: MovableClock, log: Log, faults: Faults) {
    this.#clock = clock;
    this.#log = log;
    this.#faults = faults;
  }

  notify(notices: readonly Notice[]): void {
    for (const notice of notices) this.#waiting.push({ ...notice, try: 1 });
    this.#drain();
  }

  /** Probe that the original service makes at a subscribe: a call without a userid, which must be answered with 200. */
  async probe(person: string, url: string): Promise<boolean> {
    return (await this.#call({ person, url, form: "", method: "POST", try: 1 })) === 200;
  }

  /** Probe that today's service makes: a HEAD, which must be answered with exactly 200. */
  async looks(person: string, url: string, application: string): Promise<boolean> {
    return (await this.#call({ person, url, form: "", method: "HEAD", application, try: 1 })) === 200;
  }

  /** Resolves when nothing is under way; what waits for a further try does not count. */
  settled(): Promise<void> {
    if (this.#active + this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  stop(): void {
    this.#waiting.length = 0;
    this.#stopped.abort();
  }

  #drain(): void {
    while (this.#active < LIMITS.parallelCallbacks) {
      const delivery = this.#waiting.shift();
      if (delivery === undefined) break;
      this.#active++;
      void this.#deliver(delivery).finally(() => {
        this.#active--;
        this.#drain();
        if (this.#active + this.#waiting.length === 0) for (const resolve of this.#idle.splice(0)) resolve();
      });
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { person, url } = delivery;
    if (!delivery.isWanted()) return;
    if (this.#faults.losesCallback()) return this.#tell(person, `A notification was lost on its way to ${url}`);
    const isTaken = (await this.#call({ ...delivery, method: "POST" })) === 200;
    delivery.onAnswered?.(isTaken);
    if (!isTaken) void this.#later(delivery);
  }

  async #later(delivery: Delivery): Promise<void> {
    const afterS = delivery.retryAfterS[delivery.try - 1];
    if (afterS === undefined) return delivery.onGivenUp?.();
    try {
      await this.#clock.sleep(afterS * 1000, this.#stopped.signal);
    } catch {
      return;
    }
    this.#waiting.push({ ...delivery, try: delivery.try + 1 });
    this.#drain();
  }

  #tell(person: string, words: string): void {
    this.#log.add({ kind: "deed", person, words });
  }

  /** Its time limit is one of real time: who moves the clock meanwhile has not been waiting. */
  async #call({ person, url, form, method, application, try: tryNumber }: Outgoing): Promise<number | null> {
    const { base } = this.#clock;
    const started = base.now();
    const done = new AbortController();
    const late = new AbortController();
    const limit = base.sleep(LIMITS.callbackTimeoutMs, done.signal).then(
      () => late.abort(),
      () => {},
    );
    let answer: number | null = null;
    try {
      const signal = AbortSignal.any([late.signal, this.#stopped.signal]);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const sent = method === "POST" ? { body: form, headers } : {};
      const response = await fetch(url, { method, ...sent, redirect: "manual", signal });
      // The answer's text is of no interest, but an unread one would keep its connection.
      await response.arrayBuffer();
      answer = response.status;
    } catch {
      // No answer is an answer that is not 200.
    }
    done.abort();
    await limit;
    const tookMs = base.now() - started;
    const entry = { url, person, try: tryNumber, isProbe: form === "", answer, tookMs };
    this.#log.add({ kind: "callback", ...entry, ...(application !== undefined && { application }) });
    return answer;
  }
}
