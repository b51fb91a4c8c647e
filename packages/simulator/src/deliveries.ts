import type { MovableClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface Watched {
  readonly name: string;
  readonly userId: number;
  readonly isSharing: boolean;
  readonly subscriptions: Subscriptions;
}

interface Delivery {
  readonly person: Watched;
  readonly url: string;
  readonly date: number;
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

  notify(person: Watched, date: number): void {
    for (const { callbackUrl } of person.subscriptions.live)
      this.#waiting.push({ person, url: callbackUrl, date, try: 1 });
    this.#drain();
  }

  /** Probe that the service makes at a subscribe: a call without a userid, which must be answered with 200. */
  async probe(person: Watched, url: string): Promise<boolean> {
    return (await this.#post(person, url, "", 1)) === 200;
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
    const { person, url, date } = delivery;
    // The subscription can have ended, and the sharing too, since it was queued.
    if (!person.isSharing || !person.subscriptions.get(url)) return;
    if (this.#faults.losesCallback()) return this.#tell(person, `A notification was lost on its way to ${url}`);
    const form = `userid=${person.userId}&startdate=${date}&enddate=${date + 1}`;
    if ((await this.#post(person, url, form, delivery.try)) !== 200) void this.#later(delivery);
  }

  async #later(delivery: Delivery): Promise<void> {
    const afterS = LIMITS.retryAfterS[delivery.try - 1];
    if (afterS === undefined) {
      const { person, url } = delivery;
      if (person.subscriptions.remove(url))
        this.#tell(person, `The cloud gave up: ${url} is not told any more when ${person.name}’s data change`);
      return;
    }
    try {
      await this.#clock.sleep(afterS * 1000, this.#stopped.signal);
    } catch {
      return;
    }
    this.#waiting.push({ ...delivery, try: delivery.try + 1 });
    this.#drain();
  }

  #tell(person: Watched, words: string): void {
    this.#log.add({ kind: "deed", person: person.name, words });
  }

  /** Its time limit is one of real time: who moves the clock meanwhile has not been waiting. */
  async #post(person: Watched, url: string, body: string, tryNumber: number): Promise<number | null> {
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
      const response = await fetch(url, { method: "POST", body, headers, redirect: "manual", signal });
      // The answer's text is of no interest, but an unread one would keep its connection.
      await response.arrayBuffer();
      answer = response.status;
    } catch {
      // No answer is an answer that is not 200.
    }
    done.abort();
    await limit;
    const tookMs = base.now() - started;
    const entry = { url, person: person.name, try: tryNumber, isProbe: body === "", answer, tookMs };
    this.#log.add({ kind: "callback", ...entry });
    return answer;
  }
}
