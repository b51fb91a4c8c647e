import { Application, type Clock, type Generation, type UnknownCode } from "@weighbridge/core";
import { SetupError } from "../errors.ts";
import type { AccountApi } from "./account-api.ts";
import { wbsApi } from "./wbs-api.ts";

/** What the account node's form says, after environment variables were filled in. */
export interface AccountSettings {
  readonly generation: string;
  readonly baseUrl: string;
  readonly userId: string;
  readonly publicKey: string;
  readonly callsPerMinute: string | number;
}

interface Surroundings {
  readonly clock: Clock;
  /** In place of one that is made for this account alone, from its calls per minute. */
  readonly application?: Application;
  readonly timeoutMs?: number;
  readonly deadlineMs?: number;
  readonly retries?: number;
  onUnknown?(unknown: UnknownCode): void;
}

type Opener = (settings: AccountSettings, surroundings: Surroundings) => AccountApi;

const GENERATIONS: Partial<Record<Generation, Opener>> = {
  wbs: ({ baseUrl, userId, publicKey, callsPerMinute }, surroundings) => {
    const who = { userId: wholeNumber("userid", userId), publicKey: required("publickey", publicKey) };
    const calls = wholeNumber("calls per minute", callsPerMinute);
    const application = new Application({ clock: surroundings.clock, callsPerMinute: calls });
    return wbsApi(who, { baseUrl, application, ...surroundings });
  },
};

/** Throws a WeighbridgeError that says which setting is wrong, without its value. */
export function openApi(settings: AccountSettings, surroundings: Surroundings): AccountApi {
  const open = GENERATIONS[settings.generation as Generation];
  if (open) return open(settings, surroundings);
  throw new SetupError("the account's API generation is unknown here", {
    code: "unknown_generation",
    remedy: "Choose a generation in the account node, or update @weighbridge/node-red-nodes.",
  });
}

function required(name: string, value: string): string {
  if (value !== "") return value;
  throw new SetupError(`the account has no ${name}`, {
    code: "account_incomplete",
    remedy: `Fill in the ${name} in the account node: "Find my users" gets it.`,
  });
}

function wholeNumber(name: string, value: string | number): number {
  const text = required(name, String(value).trim());
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new SetupError(`the account's ${name} is not a whole number from 1 up`, {
    code: "account_incomplete",
    remedy: `Correct the ${name} in the account node.`,
  });
}
