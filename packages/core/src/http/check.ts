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

/** Makes a test without explanation, for lists of which some entries may not fit: explaining each would take many times their memory. */
export function fitOf<S extends z.ZodType>(schema: S): (json: unknown) => json is z.output<S> {
  let compiled: ReturnType<typeof z.compile<S>> | undefined;
  return (json): json is z.output<S> => {
    compiled ??= z.compile(schema);
    return compiled.validate(json);
  };
}
