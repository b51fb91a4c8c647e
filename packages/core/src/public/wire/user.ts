import * as z from "zod";

export const noParameters = z.strictObject({});

export const deviceBody = z.looseObject({ devices: z.array(z.unknown()).nullish() });

export const device = z.looseObject({
  type: z.string().nullish(),
  model: z.string().nullish(),
  model_id: z.unknown().optional(),
  battery: z.string().nullish(),
  deviceid: z.union([z.string(), z.number()]).nullish(),
  hash_deviceid: z.string().nullish(),
  last_session_date: z.unknown().optional(),
});

/** `[]` where there are none. */
export const goalsBody = z.looseObject({
  goals: z.union([z.looseObject({ weight: z.unknown().optional() }), z.array(z.unknown())]).nullish(),
});

export const weightGoal = z.looseObject({ value: z.int(), unit: z.int().min(-22).max(22) });
