import type { DatabaseSync } from "node:sqlite";

interface Work {
  readonly run: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * All writes of one turn of the event loop share a transaction, and so one wait for the disk. It is the turn after the first write: in a burst
 * more of them join, and without one that turn is empty.
 */
export class WriteQueue {
  readonly #db: DatabaseSync;
  readonly #onFailure: (error: unknown) => void;
  #works: Work[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  #failure: unknown;

  constructor(db: DatabaseSync, onFailure: (error: unknown) => void) {
    this.#db = db;
    this.#onFailure = onFailure;
  }

  /** `run` must not wait for anything. Resolves with what it gave, once that is on disk. */
  write<T>(run: () => T): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#works.push({ run, resolve, reject });
      this.#scheduled ??= setImmediate(() => {
        this.#scheduled = setImmediate(() => this.flush());
      });
    });
  }

  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const works = this.#works;
    if (works.length === 0) return;
    this.#works = [];
    const results: unknown[] = [];
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      for (const { run } of works) results.push(run());
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#fail(error, works);
      return;
    }
    works.forEach(({ resolve }, index) => {
      resolve(results[index] as never);
    });
  }

  /** After one failure nothing is written any more: what is on disk is whole, and a restart goes on from there. */
  #fail(error: unknown, works: readonly Work[]): void {
    this.#failure = error;
    try {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    } catch {
      // The first error is the one that matters.
    }
    for (const { reject } of [...works, ...this.#works]) reject(error);
    this.#works = [];
    this.#onFailure(error);
  }
}
