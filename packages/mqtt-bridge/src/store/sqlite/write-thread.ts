import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Step, StepResult } from "./statements.ts";

/** Answers of the thread: one at its start, then one to each transaction, in order. */
export type ThreadAnswer =
  | { readonly is: "ready" }
  | { readonly is: "stored"; readonly results: readonly StepResult[] }
  | { readonly is: "failed"; readonly message: string; readonly errcode: unknown };

interface Asked {
  readonly resolve: (results: readonly StepResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Beside this file, in the sources as in the bundle. */
const program = new URL(`./write-thread-program${extname(import.meta.url)}`, import.meta.url);

/** Makes transactions in a thread of its own, one after the other, so that only that thread waits for the disk. */
export class WriteThread {
  readonly #worker: Worker;
  #asked: Asked | undefined;
  #isReady = false;
  #ended: Promise<unknown> | undefined;

  constructor(file: string) {
    this.#worker = new Worker(program, { workerData: { file } });
    this.#worker.unref();
    this.#worker.on("message", (answer: ThreadAnswer) => this.#hear(answer));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("the thread that writes the database ended")));
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Rejects with the error of SQLite. Not to be called before the one before has settled. */
  commit(steps: readonly Step[]): Promise<readonly StepResult[]> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
      // A transaction that is being written keeps the process alive.
      this.#worker.ref();
      this.#worker.postMessage(steps);
    });
  }

  async end(): Promise<void> {
    this.#ended ??= this.#worker.terminate();
    await this.#ended;
  }

  #hear(answer: ThreadAnswer): void {
    if (answer.is === "ready") {
      this.#isReady = true;
      return;
    }
    const asked = this.#asked;
    this.#asked = undefined;
    this.#worker.unref();
    if (answer.is === "stored") asked?.resolve(answer.results);
    else asked?.reject(Object.assign(new Error(answer.message), { errcode: answer.errcode }));
  }

  /** A thread that could not start is not asked anything; the database is then written as before it. */
  #fail(error: unknown): void {
    this.#isReady = false;
    this.#asked?.reject(error);
    this.#asked = undefined;
  }
}
