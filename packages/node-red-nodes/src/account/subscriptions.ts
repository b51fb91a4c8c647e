import { type Clock, keepSubscription, type PersonApi, type SubscriptionReport } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { RecordFile } from "./record-file.ts";

/** A subscription that a weigh-in node wants to have. */
export interface WantedSubscription {
  readonly nodeId: string;
  readonly callbackUrl: string;
  /** Shown to the person in the list of who may see their data. */
  readonly comment: string;
  onReport(report: SubscriptionReport): void;
}

export interface SubscriptionsInput {
  readonly api: PersonApi;
  readonly file: RecordFile;
  readonly clock: Clock;
  /** After each look at the API, whoever wants the subscription. */
  onChecked(report: SubscriptionReport): void;
  onFailure(error: unknown): void;
}

/** Keeps the subscriptions of an account's weigh-in nodes, one after the other: the API wants pauses between subscribes. */
export class Subscriptions {
  readonly #input: SubscriptionsInput;
  readonly #wanted = new Map<string, WantedSubscription>();
  /** Not checked yet in this process: the API decides, whatever was known before. */
  readonly #unchecked = new Set<string>();
  readonly #stopping = new AbortController();
  #alarm = new AbortController();
  /** After a report could not be kept, epoch milliseconds. */
  #retryAt = 0;
  #keeping: Promise<void> = Promise.resolve();
  #loop: Promise<void> = Promise.resolve();

  constructor(input: SubscriptionsInput) {
    this.#input = input;
  }

  start(): void {
    this.#loop = this.#watch();
  }

  want(subscription: WantedSubscription): void {
    this.#wanted.set(subscription.nodeId, subscription);
    this.#unchecked.add(subscription.nodeId);
    this.#alarm.abort();
  }

  /** How those that are wanted stand. */
  get reports(): readonly SubscriptionReport[] {
    const { subscriptions } = this.#input.file.record;
    return [...this.#wanted.keys()].flatMap((nodeId) => subscriptions[nodeId] ?? []);
  }

  /** Looks after it no more; at the API it stays. */
  leave(nodeId: string): void {
    this.#wanted.delete(nodeId);
    this.#unchecked.delete(nodeId);
  }

  /** Resolves when the API was not being spoken to, or is no longer. */
  get settled(): Promise<unknown> {
    return this.#keeping;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.abort();
    await this.#loop;
  }

  async #watch(): Promise<void> {
    const { clock } = this.#input;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#alarm = new AbortController();
      const wait = this.#dueAt() - clock.now();
      if (wait > 0) {
        await clock.sleep(wait, this.#alarm.signal).catch(() => {});
        continue;
      }
      const due = [...this.#wanted.values()].filter(({ nodeId }) => this.#checkAt(nodeId) <= clock.now());
      for (const wanted of due) {
        if (signal.aborted || !this.#wanted.has(wanted.nodeId)) continue;
        this.#keeping = this.#keep(wanted);
        await this.#keeping;
      }
    }
  }

  #dueAt(): number {
    const due = Math.min(Infinity, ...[...this.#wanted.keys()].map((nodeId) => this.#checkAt(nodeId)));
    return Math.max(due, this.#retryAt);
  }

  #checkAt(nodeId: string): number {
    if (this.#unchecked.has(nodeId)) return 0;
    return (this.#input.file.record.subscriptions[nodeId]?.nextCheckAt ?? 0) * 1000;
  }

  async #keep({ nodeId, callbackUrl, comment, onReport }: WantedSubscription): Promise<void> {
    const { api, file, clock, onChecked, onFailure } = this.#input;
    const { signal } = this.#stopping;
    const known = file.record.subscriptions[nodeId];
    try {
      const callback = { url: callbackUrl, comment };
      const report = await keepSubscription({ api, callback, clock, known: known ?? null, signal });
      await file.commit({ subscription: { nodeId, report } });
      this.#unchecked.delete(nodeId);
      onChecked(report);
      if (this.#wanted.has(nodeId)) onReport(report);
    } catch (error) {
      if (signal.aborted) return;
      onFailure(error);
      this.#retryAt = clock.now() + LIMITS.retrySubscriptionMs;
    }
  }
}
