import { checkOf } from "../../http/check.ts";
import { wbsServices } from "../wire/services.ts";

const check = checkOf(wbsServices.once.get.body);

export const decodeOnce = (body: unknown): string => check(body).once;
