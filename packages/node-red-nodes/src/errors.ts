import { type Problem, problemOf, WeighbridgeError } from "@weighbridge/core";
import type { NodeErrorCode } from "./shared/error-codes.ts";

/** Something in the flow's settings, or on this machine, is not as it must be. */
export class SetupError extends WeighbridgeError<NodeErrorCode> {
  readonly actor = "operator";
}

/** As a Catch node should get it. Of an error Node-RED hands on only the code and the text: the text ends with the remedy. */
export const forCatchNode = (error: unknown): Error => catchable(problemOf(error));

/** The same of a problem that no message brought about. */
export function catchable({ code, message, remedy }: Problem): Error {
  // Without a name the text stands alone.
  return Object.assign(new Error(`${message}. ${remedy}`), { name: "", code });
}
