import { Application, type Clock, type Generation, type Skipped, type UnknownCode } from "@weighbridge/core";
import { SetupError } from "../errors.ts";
import type { AccountApi } from "./account-api.ts";
import { wbsApi } from "./wbs-api.ts";

/** Settings of the account node's form, after environment variables were filled in. */
export interface AccountSettings {
  readonly generation: string;
  readonly baseUrl: string;
  readonly userId: string;
  readonly publicKey: string;
  readonly callsPerMinute: string | number;
}

interface Surroundings {
  readonly clock: Clock;
  /** Gives the application of a server; without it the account has one of its own. */
  application?(baseUrl: string, callsPerMinute: number): Application;
  readonly timeoutMs?: number;
  readonly deadlineMs?: number;
  readonly retries?: number;
  onUnknown?(unknown: UnknownCode): void;
  onSkipped?(skipped: Skipped): void;
}

type Opener = (settings: AccountSettings, surroundings: Surroundings) => AccountApi;

const GENERATIONS: Partial<Record<Generation, Opener>> = {
  wbs: ({ baseUrl, userId, publicKey, callsPerMinute }, { application, ...surroundings }) => {
    const who = { userId: wholeNumber("userid", userId), publicKey: accessKey(publicKey) };
    const calls = wholeNumber("calls per minute", callsPerMinute);
    const { clock } = surroundings;
    const shared = application?.(baseUrl, calls) ?? new Application({ clock, callsPerMinute: calls });
    return wbsApi(who, { ...surroundings, baseUrl, application: shared });
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

/** Earlier versions saved such a ticket for a key that *Find my users* had found. */
const TICKET = /^found:/;

function accessKey(publicKey: string): string {
  if (!TICKET.test(publicKey)) return required("publickey", publicKey);
  throw new SetupError("the account's publickey was saved by an earlier version, which kept the key elsewhere", {
    code: "account_incomplete",
    remedy: 'Choose the person again in the account node with "Find my users", and deploy.',
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
