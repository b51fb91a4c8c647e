import type { MovableClock } from "./clock.ts";
import { LIMITS } from "./limits.ts";

/** A call to the API, as the simulator saw it. */
export interface CallEntry {
  readonly kind: "call";
  readonly id: number;
  readonly at: number;
  readonly method: string;
  readonly service: string;
  readonly action: string;
  /** The application that called, at today's API. */
  readonly application?: string;
  /** Whose token it called with, at today's API. */
  readonly person?: string;
  /** Without secrets. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly status: number;
  /** Why it was refused, in words; the API itself only says the status. */
  readonly reason?: string;
}

/** A notification on its way to a subscriber, or the call that tries a URL at subscribe time. */
export interface CallbackEntry {
  readonly kind: "callback";
  readonly id: number;
  readonly at: number;
  readonly url: string;
  readonly person: string;
  /** The application that is told, at today's API. */
  readonly application?: string;
  readonly try: number;
  readonly isProbe: boolean;
  /** HTTP status; null where no answer came. */
  readonly answer: number | null;
  readonly tookMs: number;
}

/** Something that somebody did: stepped on the scale, edited, deleted. */
export interface DeedEntry {
  readonly kind: "deed";
  readonly id: number;
  readonly at: number;
  readonly person: string;
  readonly words: string;
}

export type LogEntry = CallEntry | CallbackEntry | DeedEntry;
type Fresh<E extends LogEntry> = Omit<E, "id" | "at">;

/** Entries of all that happened, newest last; the oldest entries make room. */
export class Log {
  readonly #clock: MovableClock;
  readonly #entries: LogEntry[] = [];
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  #next = 1;

  constructor(clock: MovableClock) {
    this.#clock = clock;
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  add(entry: Fresh<CallEntry> | Fresh<CallbackEntry> | Fresh<DeedEntry>): void {
    const full = { ...entry, id: this.#next++, at: this.#clock.now() } as LogEntry;
    this.#entries.push(full);
    // Trimmed in steps: a shift for every entry would cost more than the entry.
    if (this.#entries.length > LIMITS.logEntries * 2) this.#entries.splice(0, LIMITS.logEntries);
    for (const listener of this.#listeners) listener(full);
  }

  /** Gives a function that stops listening; undefined where too many listen already. */
  listen(listener: (entry: LogEntry) => void): (() => void) | undefined {
    if (this.#listeners.size >= LIMITS.listeners) return undefined;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
