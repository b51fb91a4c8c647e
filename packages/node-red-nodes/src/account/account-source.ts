import {
  Application,
  type Clock,
  checkCallbackUrl,
  createPublicClient,
  type Generation,
  type GrantWarning,
  NotAuthorizedError,
  type PublicClient,
  type Skipped,
  type UnknownCode,
} from "@weighbridge/core";
import { SetupError } from "../errors.ts";
import { rulesFor } from "../shared/callback-address.ts";
import type { AccountSource, GrantPlace } from "./account-api.ts";
import { publicApi } from "./public-api.ts";
import { wbsApi } from "./wbs-api.ts";

/** Settings of the account node's form, after environment variables were filled in. */
export interface AccountSettings {
  readonly generation: string;
  readonly baseUrl: string;
  /** Of the original API. */
  readonly userId: string;
  readonly publicKey: string;
  /** Of today's API: the application as it is registered in the developer portal. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly callsPerMinute: string | number;
}

interface Surroundings {
  readonly clock: Clock;
  /** Gives what all accounts of a server share, of one registered application at today's API; without it the account has one of its own. */
  application?(baseUrl: string, callsPerMinute: number, clientId?: string): Application;
  /** The place of the person's consent, and its name there. */
  readonly grant: GrantPlace;
  readonly timeoutMs?: number;
  readonly deadlineMs?: number;
  readonly retries?: number;
  onUnknown?(unknown: UnknownCode): void;
  onSkipped?(skipped: Skipped): void;
  onGrantWarning?(name: string, warning: GrantWarning): void;
}

type Opener = (settings: AccountSettings, surroundings: Surroundings) => AccountSource;

const GENERATIONS: Readonly<Record<Generation, Opener>> = {
  wbs: (settings, surroundings) => {
    const { baseUrl, userId, publicKey } = settings;
    const who = { userId: wholeNumber("userid", userId), publicKey: accessKey(publicKey) };
    const api = wbsApi(who, { ...surroundings, baseUrl, application: applicationOf(settings, surroundings) });
    return {
      generation: "wbs",
      open: async () => api,
      refusalOf: (callbackUrl) => checkCallbackUrl("wbs", callbackUrl),
    };
  },
  public: (settings, surroundings) => {
    const client = todaysClient(settings, surroundings);
    const { grant } = surroundings;
    return {
      generation: "public",
      async open() {
        const stored = await grant.tokens.read(grant.name);
        if (stored === undefined || stored.clientId !== settings.clientId) throw notAuthorized();
        return publicApi(client, client.person(grant.name, stored.userId));
      },
      refusalOf: (callbackUrl) => checkCallbackUrl(rulesFor("public", settings.baseUrl), callbackUrl),
    };
  },
};

/** Throws a WeighbridgeError that says which setting is wrong, without its value. */
export function accountSource(settings: AccountSettings, surroundings: Surroundings): AccountSource {
  const open = Object.hasOwn(GENERATIONS, settings.generation) && GENERATIONS[settings.generation as Generation];
  if (open) return open(settings, surroundings);
  throw new SetupError("the account's API generation is unknown here", {
    code: "unknown_generation",
    remedy: "Choose a generation in the account node, or update @weighbridge/node-red-nodes.",
  });
}

/** The registered application of an account of today's API. Throws a WeighbridgeError that says which setting is wrong. */
export function todaysClient(settings: AccountSettings, surroundings: Surroundings): PublicClient {
  const { baseUrl, clientId, clientSecret } = settings;
  return createPublicClient({
    ...surroundings,
    baseUrl,
    clientId: required("ClientID", clientId, FROM_PORTAL),
    clientSecret: required("Secret", clientSecret, FROM_PORTAL),
    tokens: surroundings.grant.tokens,
    application: applicationOf(settings, surroundings),
  });
}

function applicationOf(settings: AccountSettings, { clock, application }: Surroundings): Application {
  const { baseUrl, generation, clientId, callsPerMinute } = settings;
  const calls = wholeNumber("calls per minute", callsPerMinute);
  const shared = application?.(baseUrl, calls, generation === "public" ? clientId : undefined);
  return shared ?? new Application({ clock, callsPerMinute: calls });
}

const notAuthorized = () =>
  new NotAuthorizedError("nobody has consented yet that this account reads their data", {
    code: "not_authorized",
    remedy: "Open the account node, press Authorize, and agree on the page that opens.",
  });

const FROM_PORTAL = "copy it from your application in the Withings developer portal";
const FROM_SEARCH = '"Find my users" gets it';

function required(name: string, value: string, origin: string): string {
  if (value !== "") return value;
  throw new SetupError(`the account has no ${name}`, {
    code: "account_incomplete",
    remedy: `Fill in the ${name} in the account node: ${origin}.`,
  });
}

/** Earlier versions saved such a ticket for a key that *Find my users* had found. */
const TICKET = /^found:/;

function accessKey(publicKey: string): string {
  if (!TICKET.test(publicKey)) return required("publickey", publicKey, FROM_SEARCH);
  throw new SetupError("the account's publickey was saved by an earlier version, which kept the key elsewhere", {
    code: "account_incomplete",
    remedy: 'Choose the person again in the account node with "Find my users", and deploy.',
  });
}

function wholeNumber(name: string, value: string | number): number {
  const text = required(name, String(value).trim(), FROM_SEARCH);
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new SetupError(`the account's ${name} is not a whole number from 1 up`, {
    code: "account_incomplete",
    remedy: `Correct the ${name} in the account node.`,
  });
}
