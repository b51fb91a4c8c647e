import { createInterface } from "node:readline";
import { systemClock } from "@weighbridge/core";

/** Standard input and output, the clock, and the request to stop. */
export interface Terminal {
  /** Writes the text as it is: no newline is added. */
  readonly print: (text: string) => void;
  /** Writes to standard error, which is no part of the output. */
  readonly note: (text: string) => void;
  /** Writes when the reader has taken what came before. Resolves with whether somebody reads on. */
  write(text: string): Promise<boolean>;
  /** Whether a person looks at standard error. */
  readonly isWatched: boolean;
  readonly now: () => number;
  /** Resolves at SIGINT or SIGTERM, which end the process at once where nobody asked for this. */
  readonly stopRequested: Promise<void>;
  /** Lines that somebody types or pastes, until it is closed. */
  lines(): Lines;
}

interface Lines extends AsyncIterable<string> {
  /** Leaves standard input to the next reader. */
  close(): void;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  let stopRequested: Promise<void> | undefined;
  return {
    print: (text) => void process.stdout.write(text),
    note: (text) => void process.stderr.write(text),
    write: (text) =>
      new Promise((resolve) => process.stdout.write(text, (error) => resolve(error === undefined || error === null))),
    isWatched: process.stderr.isTTY === true,
    now: systemClock.now,
    get stopRequested() {
      stopRequested ??= untilStopped();
      return stopRequested;
    },
    lines: () => createInterface({ input: process.stdin, terminal: false }),
  };
}

function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      resolve();
      // A second signal ends the process without waiting.
      process.once(signal, () => process.exit(1));
    });
  return promise;
}
