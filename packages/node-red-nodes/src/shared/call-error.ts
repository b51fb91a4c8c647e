import { WeighbridgeError } from "@weighbridge/core";
import type { NodeErrorCode } from "./error-codes.ts";

/** A message or a property of a node cannot be used; the author of the flow has to change it. */
export class CallError extends WeighbridgeError<NodeErrorCode> {
  readonly actor = "caller";
}
