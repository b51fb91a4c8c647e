import type { Failure } from "./backoff.ts";

type Ended = (failure: Failure | null) => void;

/** Those who wait for the end of a poll. One that began before they asked may have missed what they ask for. */
export class PollWaits {
  readonly #next: Ended[] = [];
  readonly #running: Ended[] = [];

  /** Resolves at the end of a poll that begins from now on, with its failure where it fails. */
  ended(): Promise<Failure | null> {
    return new Promise((resolve) => this.#next.push(resolve));
  }

  begin(): void {
    this.#running.push(...this.#next.splice(0));
  }

  /** A poll that was interrupted has not ended: it begins again. */
  end(failure: Failure | null): void {
    for (const ended of this.#running.splice(0)) ended(failure);
  }

  /** No poll begins for now. */
  endAll(failure: Failure): void {
    this.begin();
    this.end(failure);
  }
}
