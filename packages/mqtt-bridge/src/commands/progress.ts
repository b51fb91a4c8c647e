import { LIMITS } from "../limits.ts";
import type { Terminal } from "./terminal.ts";

/** Says how far long work is: a line that changes on a terminal, a plain line now and then elsewhere. On standard error, apart from the output. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #wordsOf: (done: number) => string;
  #toldAt: number;
  #isShown = false;

  constructor(terminal: Terminal, wordsOf: (done: number) => string) {
    this.#terminal = terminal;
    this.#wordsOf = wordsOf;
    this.#toldAt = terminal.now();
  }

  at(done: number): void {
    const { isWatched, now, note } = this.#terminal;
    if (now() - this.#toldAt < (isWatched ? LIMITS.progressMs : LIMITS.progressLineMs)) return;
    this.#toldAt = now();
    this.#isShown = true;
    note(isWatched ? `\r\u001b[K${this.#wordsOf(done)} …` : `${this.#wordsOf(done)} …\n`);
  }

  /** Takes the changing line away. */
  end(): void {
    if (this.#isShown && this.#terminal.isWatched) this.#terminal.note("\r\u001b[K");
  }
}
