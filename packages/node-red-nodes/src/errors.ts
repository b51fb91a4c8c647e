import { WeighbridgeError } from "@weighbridge/core";

/** Something in the flow's settings, or on this machine, is not as it must be. */
export class SetupError extends WeighbridgeError {
  readonly actor = "operator";
}

/** An error in words that may be shown and logged. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Of anything that was thrown. A foreign error may hold secrets: only its kind and place are kept. */
export function problemOf(error: unknown): Problem {
  if (error instanceof WeighbridgeError) {
    const { code, message, remedy } = error;
    return { code, message, remedy };
  }
  const [name, place] = error instanceof Error ? [error.name, placeOf(error)] : [typeof error, ""];
  return { code: "unexpected", message: `unexpected ${name}${place}`, remedy: "Report it to the maintainers." };
}

/** File, line and column where it came from, without the path to it. */
function placeOf({ stack = "" }: Error): string {
  const place = /^\s+at .*?([\w.-]+:\d+:\d+)\)?$/m.exec(stack)?.[1];
  return place === undefined ? "" : ` in ${place}`;
}

/** As a Catch node should get it. Of an error Node-RED hands on only the code and the text: the text ends with the remedy. */
export function forCatchNode(error: unknown): Error {
  const { code, message, remedy } = problemOf(error);
  // Without a name the text stands alone.
  return Object.assign(new Error(`${message}. ${remedy}`), { name: "", code });
}
