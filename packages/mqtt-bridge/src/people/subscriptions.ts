import {
  type Clock,
  keepSubscription,
  type PersonApi,
  SUBSCRIPTION_LIMITS,
  type SubscriptionReport,
} from "@weighbridge/core";
import type { Log } from "../log.ts";
import type { Syncer } from "./syncer.ts";

export interface Subscriber {
  readonly slug: string;
  readonly api: PersonApi;
  readonly syncer: Syncer;
}

export interface SubscriptionsInput {
  readonly callbackUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  /** `isNews`: the problem, or that there is none any more, was not told before. */
  onReport(personId: number, report: SubscriptionReport, isNews: boolean): void;
}

const COMMENT = "Weighbridge: tells your home when you weigh in";

/** Looks after everybody's subscription, one after the other: the API wants pauses between subscribes. */
export class Subscriptions {
  readonly #input: SubscriptionsInput;
  readonly #stopping = new AbortController();
  readonly #asked = new Set<number>();
  /** Code of each person's problem, as it was told last. */
  readonly #told = new Map<number, string>();
  #subscribers: readonly Subscriber[] = [];
  #alarm = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(input: SubscriptionsInput) {
    this.#input = input;
  }

  start(subscribers: readonly Subscriber[]): void {
    this.#subscribers = subscribers;
    // Whatever was known before this start: the API decides.
    for (const { syncer } of subscribers) this.#asked.add(syncer.stored.id);
    this.#loop = this.#watch();
  }

  /** Checks the person's subscription now. */
  check(personId: number): void {
    this.#asked.add(personId);
    this.#alarm.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.abort();
    await this.#loop;
  }

  async #watch(): Promise<void> {
    const { clock } = this.#input;
    const { signal } = this.#stopping;
    try {
      while (!signal.aborted) {
        this.#alarm = new AbortController();
        const next = this.#dueAt();
        const due = this.#subscribers.filter((subscriber) => this.#isDue(subscriber));
        for (const subscriber of due) await this.#keep(subscriber, signal);
        if (due.length === 0) await clock.sleep(next - clock.now(), this.#alarm.signal).catch(() => {});
      }
    } catch (error) {
      // Where the disk failed, the store ends the process.
      if (!signal.aborted)
        this.#input.log.error("Subscriptions are not looked after until the next start", { reason: String(error) });
    }
  }

  #isDue({ syncer }: Subscriber): boolean {
    const at = (syncer.stored.subscription?.nextCheckAt ?? 0) * 1000;
    return this.#asked.has(syncer.stored.id) || at <= this.#input.clock.now();
  }

  #dueAt(): number {
    const times = this.#subscribers.map(({ syncer }) => syncer.stored.subscription?.nextCheckAt ?? 0);
    return Math.min(Infinity, ...times) * 1000;
  }

  async #keep({ slug, api, syncer }: Subscriber, signal: AbortSignal): Promise<void> {
    const { callbackUrl, clock } = this.#input;
    const { id, subscription } = syncer.stored;
    this.#asked.delete(id);
    const known = subscription?.previousUrl ?? subscription?.callbackUrl;
    const previous = known === undefined || known === callbackUrl ? {} : { previousUrl: known };
    const { failures = 0 } = subscription ?? {};
    const report = await keepSubscription({ api, callbackUrl, comment: COMMENT, clock, signal, failures, ...previous });
    // Until the old URL's subscription is ended it is the one to remember.
    const kept =
      report.status === "failed" && subscription ? { ...report, callbackUrl: subscription.callbackUrl } : report;
    await syncer.saveSubscription(kept);
    this.#report(syncer, slug, kept);
    const isNew = report.status === "made" || report.status === "renewed";
    if (isNew && this.#subscribers.length > 1) await clock.sleep(SUBSCRIPTION_LIMITS.betweenSubscribesMs, signal);
  }

  #report({ stored: { id } }: Syncer, person: string, report: SubscriptionReport): void {
    const { log, onReport } = this.#input;
    const { status, problem } = report;
    const isNews = problem?.code !== this.#told.get(id);
    if (problem) this.#told.set(id, problem.code);
    else this.#told.delete(id);
    onReport(id, report, isNews);
    if (problem) {
      if (isNews) log.warn("The subscription failed", { person, ...problem });
    } else if (status === "made" || status === "renewed") log.info(`The subscription was ${status}`, { person });
    else if (isNews) log.info("The subscription works again", { person });
  }
}
