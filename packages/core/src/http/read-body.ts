import { ZodError } from "zod";
import { type Endpoint, UnexpectedResponseError } from "../errors.ts";
import { LIMITS } from "../limits.ts";

/** Runs a decoder over an answer's body; an answer that does not fit becomes our error, which names places and no values. */
export function readBody<T>({ service, action }: Endpoint, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const faults = error.issues
      .slice(0, LIMITS.faultsNamed)
      .map(({ path, message }) => `${["body", ...path].join(".")}: ${message}`);
    const more = error.issues.length - faults.length;
    if (more > 0) faults.push(`and ${more} more`);
    throw new UnexpectedResponseError(
      `${service}/${action} answered in a form that is not the API's: ${faults.join("; ")}`,
      {
        code: "unexpected_response",
        remedy: "Check the base URL. If it is right, the API changed: report this message to the maintainers.",
      },
    );
  }
}
