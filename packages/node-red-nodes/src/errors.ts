import { type Problem, problemOf, WeighbridgeError } from "@weighbridge/core";
import type { NodeErrorCode } from "./shared/error-codes.ts";

/** Something in the flow's settings, or on this machine, is not as it must be. */
export class SetupError extends WeighbridgeError<NodeErrorCode> {
  readonly actor = "operator";
}

/** For an action that the account's API does not have. */
export const wrongGeneration = (what: string) =>
  new SetupError(`the account's API has no ${what}`, {
    code: "wrong_generation",
    remedy: "Choose another action, or an account of the other generation of the API.",
  });

/** As a Catch node should get it. Of an error Node-RED hands on only the code and the text: the text ends with the remedy. */
export const forCatchNode = (error: unknown): Error => catchable(problemOf(error));

/** The same of a problem that no message brought about. */
export function catchable({ code, message, remedy }: Problem): Error {
  // Without a name the text stands alone.
  return Object.assign(new Error(`${message}. ${remedy}`), { name: "", code });
}
