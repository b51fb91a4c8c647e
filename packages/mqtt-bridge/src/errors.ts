import { type Actor, WeighbridgeError } from "@weighbridge/core";

/** Codes beside core's; docs/troubleshooting.md explains them. */
export const CONFIG_ERROR_CODES = [
  "config_unreadable",
  "config_yaml",
  "config_invalid",
  "config_exists",
  "config_unwritable",
  "config_usage",
] as const;
export const STORE_ERROR_CODES = [
  "state_locked",
  "state_newer",
  "state_older",
  "state_missing",
  "state_exists",
  "state_unusable",
  "state_spoilt",
  "backup_spoilt",
  "backup_unwritable",
] as const;
export const HOME_ASSISTANT_ERROR_CODES = [
  "home_assistant_unreachable",
  "home_assistant_refused",
  "home_assistant_unknown_person",
] as const;

type ConfigErrorCode = (typeof CONFIG_ERROR_CODES)[number];
type StoreErrorCode = (typeof STORE_ERROR_CODES)[number];
type HomeAssistantErrorCode = (typeof HOME_ASSISTANT_ERROR_CODES)[number];

/** A setting that cannot work; the operator has to change it. */
export class ConfigError extends WeighbridgeError<ConfigErrorCode> {
  readonly actor: Actor = "operator";
}

/** The state directory cannot be used: another bridge has it, or the disk does not let us write. */
export class StoreError extends WeighbridgeError<StoreErrorCode> {
  readonly actor: Actor = "operator";
}

/** Home Assistant cannot be reached, or does not do what a command needs. */
export class HomeAssistantError extends WeighbridgeError<HomeAssistantErrorCode> {
  readonly actor: Actor = "operator";
}

/** Steps that failed while the bridge was stopping, all of them. */
export class StopError extends AggregateError {
  constructor(errors: readonly unknown[]) {
    super(errors, `${errors.length} step${errors.length === 1 ? "" : "s"} of stopping failed`);
    this.name = "StopError";
  }
}

/** Everything that was started, to be stopped in reverse. */
export class Teardown {
  readonly #steps: (() => void | Promise<void>)[] = [];

  add(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  /** Runs every step, the last first, whatever becomes of the others. Throws a StopError that holds every failure. */
  async run(): Promise<void> {
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
