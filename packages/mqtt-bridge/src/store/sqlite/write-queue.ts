import type { Statements, Step, StepResult } from "./statements.ts";
import type { WriteThread } from "./write-thread.ts";

interface Write {
  readonly steps: readonly Step[];
  readonly resolve: (results: readonly StepResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/** In one transaction: a burst, in which waiting for the disk here would hold up everything else. */
const BURST = 8;
/** Bursts until the thread is worth its start: a household has one, when it adds or polls everybody at once. */
const BURSTS = 3;

export interface WriteQueueInput {
  readonly statements: Statements;
  /** Makes the thread that takes over after a few bursts. Without it everything is written here. */
  readonly startThread: (() => WriteThread) | undefined;
  /** Called once, with the error of SQLite: after one failure nothing is written any more. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * All writes of one turn of the event loop share a transaction, and so one wait for the disk. It is the turn after the first write: in a
 * burst more of them join, and without one that turn is empty. A household's writes are made here; where bursts come again, a thread makes
 * them, and what comes while the disk is busy waits for the next transaction.
 */
export class WriteQueue {
  readonly #input: WriteQueueInput;
  #writes: Write[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  #bursts = 0;
  #thread: WriteThread | undefined;
  #flushing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(input: WriteQueueInput) {
    this.#input = input;
  }

  /** Resolves with the first row of each step, once they are on disk. */
  write(steps: readonly Step[]): Promise<readonly StepResult[]> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => {
      this.#writes.push({ steps, resolve, reject });
      if (this.#flushing !== undefined) return;
      this.#scheduled ??= setImmediate(() => {
        this.#scheduled = setImmediate(() => this.#flush());
      });
    });
  }

  /** Resolves when everything that was given is on disk, and the thread has ended. */
  async close(): Promise<void> {
    this.#flush();
    await this.#flushing;
    await this.#thread?.end();
  }

  #flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#flushing !== undefined || this.#writes.length === 0) return;
    if (this.#writes.length >= BURST) this.#bursts++;
    if (this.#bursts >= BURSTS) this.#thread ??= this.#input.startThread?.();
    if (this.#thread?.isReady) this.#flushing = this.#flushInThread(this.#thread);
    else this.#flushHere();
  }

  #flushHere(): void {
    const writes = this.#take();
    try {
      settle(writes, this.#input.statements.commit(stepsOf(writes)));
    } catch (error) {
      this.#fail(error, writes);
    }
  }

  async #flushInThread(thread: WriteThread): Promise<void> {
    while (this.#writes.length > 0 && this.#failure === undefined) {
      const writes = this.#take();
      try {
        settle(writes, await thread.commit(stepsOf(writes)));
      } catch (error) {
        this.#fail(error, writes);
      }
    }
    this.#flushing = undefined;
  }

  #take(): readonly Write[] {
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }

  /** The file on disk is whole, and a restart goes on from there. */
  #fail(error: unknown, writes: readonly Write[]): void {
    this.#failure = { error };
    for (const { reject } of [...writes, ...this.#take()]) reject(error);
    this.#input.onFailure(error);
  }
}

const stepsOf = (writes: readonly Write[]): Step[] => writes.flatMap(({ steps }) => steps);

function settle(writes: readonly Write[], results: readonly StepResult[]): void {
  let from = 0;
  for (const { steps, resolve } of writes) {
    resolve(results.slice(from, from + steps.length));
    from += steps.length;
  }
}
