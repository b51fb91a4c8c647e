import type { Row, Step } from "./statements.ts";

type Results = readonly (Row | undefined)[];

interface Write {
  readonly steps: readonly Step[];
  readonly resolve: (results: Results) => void;
  readonly reject: (error: unknown) => void;
}

export interface WriteQueueInput {
  /** Runs all steps in one transaction, and gives the first row of each. */
  commit(steps: readonly Step[]): Promise<Results>;
  /** Called once: after one failure nothing is written any more. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * All writes of one turn of the event loop share a transaction, and those that come while it is on its way share the next one. Transactions are
 * made one after the other: rows become visible in the order of their ids.
 */
export class WriteQueue {
  readonly #input: WriteQueueInput;
  #writes: Write[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  #flushing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(input: WriteQueueInput) {
    this.#input = input;
  }

  /** Resolves with the first row of each step, once they are on disk. */
  write(steps: readonly Step[]): Promise<Results> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    if (steps.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#writes.push({ steps, resolve, reject });
      if (this.#flushing === undefined) this.#scheduled ??= setImmediate(() => this.#start());
    });
  }

  /** Resolves when everything that was given is on disk. */
  async close(): Promise<void> {
    this.#start();
    await this.#flushing;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Rejects what waits and whatever comes later. */
  fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    for (const { reject } of this.#take()) reject(error);
    this.#input.onFailure(error);
  }

  #start(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#flushing === undefined && this.#writes.length > 0) this.#flushing = this.#flush();
  }

  async #flush(): Promise<void> {
    while (this.#writes.length > 0) {
      const writes = this.#take();
      try {
        settle(writes, await this.#input.commit(writes.flatMap(({ steps }) => steps)));
      } catch (error) {
        for (const { reject } of writes) reject(error);
        this.fail(error);
      }
    }
    // Not in a `finally` behind it: what is written before that ran would wait for nobody.
    this.#flushing = undefined;
  }

  #take(): readonly Write[] {
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }
}

function settle(writes: readonly Write[], results: Results): void {
  let from = 0;
  for (const { steps, resolve } of writes) {
    resolve(results.slice(from, from + steps.length));
    from += steps.length;
  }
}
