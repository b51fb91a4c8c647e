import { type Actor, WeighbridgeError } from "@weighbridge/core";

type ConfigErrorCode = "config_unreadable" | "config_yaml" | "config_invalid";
type StoreErrorCode = "state_locked" | "state_newer" | "state_unusable" | "state_spoilt";

/** A setting that cannot work; the operator has to change it. */
export class ConfigError extends WeighbridgeError<ConfigErrorCode> {
  readonly actor: Actor = "operator";
}

/** The state directory cannot be used: another bridge has it, or the disk does not let us write. */
export class StoreError extends WeighbridgeError<StoreErrorCode> {
  readonly actor: Actor = "operator";
}

/** A step that failed while the bridge was stopping; all of them are reported together. */
export class StopError extends AggregateError {
  constructor(errors: readonly unknown[]) {
    super(errors, `${errors.length} step${errors.length === 1 ? "" : "s"} of stopping failed`);
    this.name = "StopError";
  }
}
