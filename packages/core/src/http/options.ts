import { InvalidCallError } from "../errors.ts";

/** A whole number of at least `least`. Throws an InvalidCallError that names the option. */
export function atLeast(name: string, least: number, value: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidCallError(`${name} is not a whole number from ${least} up`, {
    code: "invalid_option",
    remedy: `Set ${name} to ${least} or more.`,
  });
}
