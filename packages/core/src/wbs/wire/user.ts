import * as z from "zod";
import { wbsCredentials } from "./credentials.ts";

/** Only `id` is sure to come. */
export const wbsUser = z.looseObject({
  id: z.int(),
  firstname: z.string().nullish(),
  lastname: z.string().nullish(),
  /** Three uppercase letters in every sample. */
  shortname: z.string().nullish(),
  /** 0 male, 1 female. */
  gender: z.int().nullish(),
  /** Id of the body-composition formula; no table of its values is known. */
  fatmethod: z.unknown().optional(),
  /** Epoch seconds; negative before 1970. */
  birthdate: z.unknown().optional(),
  /** Bit mask by device: 1 scale, 4 blood-pressure monitor. */
  ispublic: z.int().nullish(),
});

export const wbsGetByUserIdRequest = z.strictObject(wbsCredentials);

/** An array of one, each a `wbsUser`. */
export const wbsGetByUserIdBody = z.looseObject({ users: z.array(z.unknown()) });

export const wbsUpdateUserRequest = z.strictObject({ ...wbsCredentials, ispublic: z.enum(["0", "1"]) });

export type WbsUser = z.output<typeof wbsUser>;
