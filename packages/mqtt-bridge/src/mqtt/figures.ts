import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Status } from "../status.ts";
import type { AllDocuments } from "./all-documents.ts";
import type { RetainedDocuments } from "./retained-documents.ts";

export interface FiguresInput {
  readonly clock: Clock;
  readonly log: Log;
  readonly status: Status;
  readonly documents: AllDocuments;
  readonly retained: () => RetainedDocuments;
}

/** Publishes the figures of bridge/info and of the people a while after they moved, once for a burst. */
export class Figures {
  readonly #input: FiguresInput;
  readonly #stopping = new AbortController();
  #isDue = false;

  constructor(input: FiguresInput) {
    this.#input = input;
  }

  publishSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    const { clock, log } = this.#input;
    const { signal } = this.#stopping;
    clock
      .sleep(LIMITS.infoDelayMs, signal)
      .then(() => this.#publish())
      .catch((error: unknown) => {
        if (!signal.aborted) log.warn("The figures were not published", { reason: String(error) });
      });
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #publish(): Promise<void> {
    const { status, documents, retained } = this.#input;
    this.#isDue = false;
    await status.read();
    retained().publish([documents.info(), ...documents.movedStatuses()]);
  }
}
