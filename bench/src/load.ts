export interface LoadOrder {
  /** Undefined: where the subject asked to be called. */
  readonly callbackUrl?: string;
  readonly baseTopic: string;
  /** People who step on the scale, in this order, each once. */
  readonly userIds: readonly number[];
  readonly clients: number;
  /** Begin only after the whole history of so many people was asked for: before that, a weigh-in may be history and no event. */
  readonly afterPolls?: number;
}

export interface LoadReport {
  /** From the notification's request to the event, milliseconds. */
  readonly latencies: readonly number[];
  readonly elapsedMs: number;
  /** Events that nobody waited for: repeats, or somebody else's weight. */
  readonly strays: number;
}
