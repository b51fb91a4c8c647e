import type { Failure } from "./backoff.ts";

/** The end of a poll that somebody waited for; `stopped`: none is made any more. */
export type PollEnd = "polled" | "stopped" | Failure;

type Ended = (end: PollEnd) => void;

/** Waits for the end of a poll. One that began before somebody asked may have missed what they ask for. */
export class PollWaits {
  readonly #next: Ended[] = [];
  readonly #running: Ended[] = [];

  /** Resolves at the end of a poll that begins from now on. */
  ended(): Promise<PollEnd> {
    return new Promise((resolve) => this.#next.push(resolve));
  }

  begin(): void {
    this.#running.push(...this.#next.splice(0));
  }

  /** A poll that was interrupted has not ended: it begins again. */
  end(end: PollEnd): void {
    for (const ended of this.#running.splice(0)) ended(end);
  }

  /** No poll begins for now. */
  endAll(end: PollEnd): void {
    this.begin();
    this.end(end);
  }
}
