import { type Clock, type Follower, type PersonEvent, type Problem, problemOf, type Turns } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { RecordFile } from "./record-file.ts";

export interface DeliveryInput {
  readonly follower: Follower;
  readonly file: RecordFile;
  readonly clock: Clock;
  /** From when on events may be sent, epoch milliseconds; until then they wait on disk. */
  deliverFrom(): number;
  /** The events are on disk, and are handed over again after a crash until this returns. */
  onEvents(events: readonly PersonEvent[]): void;
  /** Whether it can be written that events were sent. */
  onProblem(problem: Problem | null): void;
}

/** Hands on the events that are on disk, after each turn of the follower. */
export class Delivery implements Turns {
  readonly #input: DeliveryInput;
  /** Sent in this process, though still in the outbox. */
  readonly #sent = new Set<string>();
  /** After it could not be written that events were sent, monotonic milliseconds. */
  #retryAt = -Infinity;
  #isStopped = false;

  constructor(input: DeliveryInput) {
    this.#input = input;
  }

  turnAt(): number {
    return Math.min(this.#input.follower.turnAt(), this.#dueAt());
  }

  get isUrgent(): boolean {
    return this.#input.follower.isUrgent;
  }

  attach(wake: () => void): void {
    this.#input.follower.attach(wake);
  }

  async serve(): Promise<void> {
    await this.#input.follower.serve();
    await this.deliver();
  }

  /** Never rejects. */
  async deliver(): Promise<void> {
    const { follower, clock, onProblem } = this.#input;
    try {
      await follower.alone(() => this.#deliver());
      onProblem(null);
    } catch (error) {
      this.#retryAt = clock.monotonic() + LIMITS.retryWriteMs;
      onProblem(problemOf(error));
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  #dueAt(): number {
    const { clock, deliverFrom } = this.#input;
    if (this.#unsent().length > 0) return clock.monotonic() + deliverFrom() - clock.now();
    return this.#sent.size > 0 ? this.#retryAt : Infinity;
  }

  #unsent(): readonly PersonEvent[] {
    return this.#input.file.record.outbox.filter(({ id }) => !this.#sent.has(id));
  }

  async #deliver(): Promise<void> {
    const { clock, file, onEvents, deliverFrom } = this.#input;
    if (this.#isStopped || deliverFrom() > clock.now()) return;
    const unsent = this.#unsent();
    if (unsent.length > 0) {
      onEvents(unsent);
      for (const { id } of unsent) this.#sent.add(id);
    }
    if (file.record.outbox.length === 0) return;
    await file.commit({ sent: [...this.#sent] });
    this.#sent.clear();
  }
}
