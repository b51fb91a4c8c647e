import * as z from "zod";

/** Form of every answer, mostly with HTTP 200 whatever its status. A failure says in words what is wrong. */
export const publicEnvelope = z.looseObject({
  status: z.int(),
  body: z.unknown().optional(),
  error: z.string().optional().catch(undefined),
});
