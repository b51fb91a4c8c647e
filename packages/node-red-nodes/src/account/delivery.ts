import { type Clock, type PersonEvent, type Problem, problemOf, type Turns } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { RecordFile } from "./record-file.ts";

export interface DeliveryInput {
  readonly file: RecordFile;
  readonly clock: Clock;
  /** From when on events may be sent, epoch milliseconds; until then they wait on disk. */
  deliverFrom(): number;
  /** The events are on disk, and are handed over again after a crash until this returns. */
  onEvents(events: readonly PersonEvent[]): void;
  /** Whether it can be written that events were sent. */
  onProblem(problem: Problem | null): void;
}

/** Hands on the events that are on disk. Its turns are apart from the follower's, which may last while a call waits for its pace. */
export class Delivery implements Turns {
  readonly isUrgent = false;
  readonly #input: DeliveryInput;
  /** Sent in this process, though still in the outbox. */
  readonly #sent = new Set<string>();
  /** After it could not be written that events were sent, monotonic milliseconds. */
  #retryAt = -Infinity;
  /** One after the other: none sends what another is sending. */
  #delivering: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(input: DeliveryInput) {
    this.#input = input;
  }

  turnAt(): number {
    const { clock, deliverFrom } = this.#input;
    if (this.#isStopped) return Infinity;
    if (this.#unsent().length > 0) return clock.monotonic() + deliverFrom() - clock.now();
    return this.#sent.size > 0 ? this.#retryAt : Infinity;
  }

  /** Sends what waits, unless it has to. Never rejects. */
  serve(): Promise<void> {
    this.#delivering = this.#delivering.then(() => this.#attempt());
    return this.#delivering;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#delivering;
  }

  async #attempt(): Promise<void> {
    const { clock, onProblem } = this.#input;
    try {
      await this.#deliver();
      onProblem(null);
    } catch (error) {
      this.#retryAt = clock.monotonic() + LIMITS.retryWriteMs;
      onProblem(problemOf(error));
    }
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
    const sent = [...this.#sent];
    await file.commit({ sent });
    for (const id of sent) this.#sent.delete(id);
  }
}
