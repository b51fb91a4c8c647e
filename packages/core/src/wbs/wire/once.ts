import * as z from "zod";

export const wbsProbeRequest = z.strictObject({});

export const wbsGetOnceRequest = z.strictObject({});

export const wbsGetOnceBody = z.looseObject({ once: z.string().min(1) });
