import { wbsServices } from "../wire/wbs/services.ts";
import { checkOf } from "./check.ts";

const check = checkOf(wbsServices.once.get.body);

export const decodeOnce = (body: unknown): string => check(body).once;
