import { WeighbridgeError } from "@weighbridge/core";

/** Something in the flow's settings, or on this machine, is not as it must be. */
export class SetupError extends WeighbridgeError {
  readonly actor = "operator";
}

/** What is wrong, in words that may be shown and logged. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Of anything that was thrown. What is not ours may hold anything: of it only the kind and the place are told. */
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
