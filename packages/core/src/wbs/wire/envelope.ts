import * as z from "zod";

/** Form of every answer, whatever its HTTP status or content type. */
export const wbsEnvelope = z.looseObject({ status: z.int(), body: z.unknown().optional() });

/** An answer that says nothing but its status: the body may be absent, empty, `[]` or anything. */
export const wbsNothing = z.unknown();
