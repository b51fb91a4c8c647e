// What travels, as zod schemas: shared by the client and the simulator, which share nothing else.

export type { WbsListedUser } from "./wbs/account.ts";
export { wbsEnvelope } from "./wbs/envelope.ts";
export type { WbsGetMeasBody, WbsMeasure, WbsMeasureGroup } from "./wbs/measure.ts";
export { WBS_CALLBACK_URL_MAX } from "./wbs/notify.ts";
export { type WbsServices, wbsServices } from "./wbs/services.ts";
export type { WbsUser } from "./wbs/user.ts";
