import * as z from "zod";

export type Check<T> = (json: unknown) => T;

/**
 * Makes a check that throws a ZodError. It is compiled at its first use, and copies nothing where the answer fits; what the schema
 * does not describe is therefore still there. Where code must not be generated, zod falls back to its ordinary parser.
 */
export function checkOf<S extends z.ZodType>(schema: S): Check<z.output<S>> {
  let compiled: ReturnType<typeof z.compile<S>> | undefined;
  return (json) => {
    compiled ??= z.compile(schema);
    return compiled.validate(json) ? (json as z.output<S>) : compiled.parse(json);
  };
}
