import { problemOf, WeighbridgeError } from "@weighbridge/core";
import type { NodeErrorCode } from "./shared/error-codes.ts";

/** Something in the flow's settings, or on this machine, is not as it must be. */
export class SetupError extends WeighbridgeError<NodeErrorCode> {
  readonly actor = "operator";
}

/** As a Catch node should get it. Of an error Node-RED hands on only the code and the text: the text ends with the remedy. */
export function forCatchNode(error: unknown): Error {
  const { code, message, remedy } = problemOf(error);
  // Without a name the text stands alone.
  return Object.assign(new Error(`${message}. ${remedy}`), { name: "", code });
}
