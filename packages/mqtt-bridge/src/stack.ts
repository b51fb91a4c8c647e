import { StopError } from "./errors.ts";

/** Everything that was started, to be stopped in reverse. */
export class Stack {
  readonly #steps: (() => void | Promise<void>)[] = [];

  add(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  /** The last first. Each step runs, whatever became of the others; throws a StopError that holds every failure. */
  async stop(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new StopError(errors);
  }
}
