/** Standard input and output, the clock, and the request to stop. */
export interface Terminal {
  /** Writes the text as it is: no newline is added. */
  readonly print: (text: string) => void;
  readonly now: () => number;
  /** Resolves at SIGINT or SIGTERM. */
  readonly stopRequested: Promise<void>;
  /** Lines that somebody types or pastes. */
  lines(): AsyncIterable<string>;
}
