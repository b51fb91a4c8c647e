import { exact } from "../../domain/exact.ts";
import type { EpochSeconds } from "../../domain/measure-group.ts";
import { checkOf } from "../../http/check.ts";
import { momentOf, wholeNumber } from "../../http/scalars.ts";
import { categoryOf } from "../categories.ts";
import type { Device } from "../device.ts";
import { modelName } from "../models.ts";
import { listBody, profile } from "../wire/notify.ts";
import { nonceBody, tokenBody } from "../wire/oauth.ts";
import { device, deviceBody, goalsBody, weightGoal } from "../wire/user.ts";

/** One subscription of this application to one person's data of one category. */
export interface ListedProfile {
  /** The API's number of the category. */
  readonly appli: number;
  /** The category in words; `appli_<n>` for one that is not asked for here. */
  readonly category: string;
  readonly callbackUrl: string;
  readonly comment?: string;
  /** Absent where it has none, as in every answer that was seen. */
  readonly expiresAt?: EpochSeconds;
}

/** The last second of 32 bits stands for no expiry. */
const NEVER = 2_147_483_647;

/** Reads an absent body, null or an empty list as an empty object: the service answers so for nothing. */
const orNothing = (body: unknown): unknown => (body == null || (Array.isArray(body) && body.length === 0) ? {} : body);

const checkList = checkOf(listBody);
const checkDevices = checkOf(deviceBody);

/** Throws a ZodError. A profile without URL or category is left out: nobody could name it. */
export function decodeProfiles(body: unknown): readonly ListedProfile[] {
  return (checkList(orNothing(body)).profiles ?? []).flatMap((raw) => {
    const { appli, callbackurl, expires, comment } = profile.safeParse(raw).data ?? {};
    const code = wholeNumber(appli);
    if (code === undefined || !callbackurl) return [];
    const expiresAt = momentOf(expires);
    return [
      {
        appli: code,
        category: categoryOf(code),
        callbackUrl: callbackurl,
        ...(comment && { comment }),
        ...(expiresAt !== undefined && expiresAt !== NEVER && { expiresAt }),
      },
    ];
  });
}

const BATTERIES: ReadonlySet<string | null | undefined> = new Set(["high", "medium", "low"]);

/** Throws a ZodError. A device without any id is left out. */
export function decodeDevices(body: unknown): readonly Device[] {
  return (checkDevices(orNothing(body)).devices ?? []).flatMap((raw) => {
    const one = device.safeParse(raw).data ?? {};
    // The number was seen to differ from the string: only the hash joins with other answers.
    const id = one.hash_deviceid || (one.deviceid == null ? "" : String(one.deviceid));
    if (id === "") return [];
    const modelId = wholeNumber(one.model_id);
    const lastContactAt = momentOf(one.last_session_date);
    return [
      {
        id,
        kind: one.type || "device",
        model: modelName(one.model, modelId),
        ...(modelId !== undefined && { modelId }),
        ...(BATTERIES.has(one.battery) && { battery: one.battery as NonNullable<Device["battery"]> }),
        ...(lastContactAt !== undefined && { lastContactAt }),
      },
    ];
  });
}

/** Kilograms; undefined without a weight goal. Throws a ZodError. */
export function decodeWeightGoal(body: unknown): number | undefined {
  const { goals } = goalsBody.parse(orNothing(body));
  if (goals == null || Array.isArray(goals)) return undefined;
  const goal = weightGoal.safeParse(goals.weight).data;
  return goal && exact(goal.value, goal.unit);
}

export const decodeNonce = (body: unknown): string => nonceBody.parse(body).nonce;

/** Throws a ZodError where a token is missing: then nothing may be stored. */
export const decodeTokens = (body: unknown) => tokenBody.parse(body);
