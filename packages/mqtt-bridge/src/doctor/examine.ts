import {
  type Clock,
  createWbsClient,
  type Device,
  type Grant,
  isoTime,
  type ListedProfile,
  type PublicClient,
  type PublicPerson,
  SCOPES,
  type TokenStore,
} from "@weighbridge/core";
import { accountOf, accountsOf } from "../config/accounts.ts";
import type { AccountConfig, Config, PersonConfig, PublicAccountConfig, WbsAccountConfig } from "../config/schema.ts";
import { bad, type Finding, failed, good, note } from "./findings.ts";

export interface ExamineInput {
  readonly config: Config;
  readonly tokens: TokenStore;
  readonly clock: Clock;
  clientOf(account: PublicAccountConfig): PublicClient;
  /** The HTTP status that a URL answers to HEAD; undefined where nothing answers. */
  look(url: string): Promise<number | undefined>;
}

const DAY_S = 86_400;
/** How far back weigh-ins are looked for. */
const PAST_S = 90 * DAY_S;
/** A scale that reached the service so much later than the newest weigh-in is used by somebody whose data does not come. */
const SILENT_S = 2 * DAY_S;

/** Looks at everything that a person of the configuration depends on, and says of each what to do. Changes nothing. */
export async function* examine(input: ExamineInput): AsyncGenerator<Finding> {
  const { config } = input;
  const accounts = accountsOf(config);
  for (const account of accounts) if (account.generation === "public") yield* examineAccount(account, input);
  yield* examineCallback(input);
  for (const person of config.people) {
    const account = accountOf(accounts, person);
    if (account?.generation === "public") yield* examinePerson(account, person, input);
    else if (account) yield await examineOriginal(account, person);
  }
}

async function* examineAccount(account: PublicAccountConfig, { clientOf }: ExamineInput): AsyncGenerator<Finding> {
  const subject = `account ${account.id}`;
  try {
    await clientOf(account).checkClient();
    yield good({ subject, check: "client", words: "ClientID, Secret and this machine's clock are right" });
  } catch (error) {
    yield failed({ subject, check: "client" }, error);
  }
  const { protocol, hostname } = new URL(account.redirect_url);
  const isLocal = protocol === "http:" && (hostname === "localhost" || hostname.startsWith("127."));
  const words = `people come back to ${account.redirect_url}, which the developer portal must have letter by letter`;
  if (isLocal || protocol === "https:") yield good({ subject, check: "redirect", words });
  else
    yield note({
      ...{
        subject,
        check: "redirect",
        words: `${words}; outside of localhost the portal takes plain http in some cases only`,
      },
      remedy: "If the consent page refuses it, register http://localhost:8643/callback, and paste the address.",
    });
}

async function* examineCallback({ config, look }: ExamineInput): AsyncGenerator<Finding> {
  const { public_url: publicUrl, exact_url: exactUrl } = config.callback;
  const at = { subject: "callback", check: "reachable" } as const;
  const url = publicUrl ?? exactUrl;
  if (url === undefined) {
    const words = "no public URL is set: weigh-ins are polled every 15 minutes, and at once on a sync request";
    return yield note({ ...at, words, remedy: "Nothing, or see the four ways in docs/withings-account.md." });
  }
  const status = await look(url);
  if (status === undefined)
    yield bad({
      ...{ ...at, words: `${url} does not answer from this machine` },
      remedy:
        "Start the bridge, and lead the URL to its callback port. Then open it from a phone outside of your network.",
    });
  else if (status >= 500 || status === 403)
    yield bad({
      ...{ ...at, words: `${url} answers HEAD with ${status}` },
      remedy:
        "Look at the proxy or the bot filter before the bridge: it must let HEAD and POST through without a login.",
    });
  else
    yield good({ ...at, words: `${url} answers; whether it does from the internet, only a look from outside tells` });
}

async function* examinePerson(
  account: PublicAccountConfig,
  { slug, userid }: PersonConfig,
  input: ExamineInput,
): AsyncGenerator<Finding> {
  const subject = slug;
  const authorize = `Run weighbridge authorize --person ${slug}.`;
  let grant: Grant | undefined;
  try {
    grant = await input.tokens.read(slug);
  } catch (error) {
    return yield failed({ subject, check: "grant" }, error);
  }
  if (grant === undefined || grant.clientId !== account.client_id)
    return yield bad({
      subject,
      check: "grant",
      words: "has not consented to this application yet",
      remedy: authorize,
    });
  if (userid !== undefined && String(userid) !== grant.userId)
    return yield bad({
      subject,
      check: "grant",
      words: `the consent is that of userid ${grant.userId}`,
      remedy: authorize,
    });
  const granted = grant.scope.split(",");
  const lacking = SCOPES.filter((scope) => !granted.includes(scope));
  if (lacking.length > 0)
    yield bad({
      ...{ subject, check: "scope", words: `did not allow ${lacking.join(", ")}` },
      remedy: `${authorize} Leave every box ticked.`,
    });
  const person = input.clientOf(account).person(slug, grant.userId);
  let devices: readonly Device[];
  try {
    devices = await person.devices();
    yield good({ subject, check: "grant", words: `the consent works (userid ${grant.userId})` });
  } catch (error) {
    return yield failed({ subject, check: "grant" }, error);
  }
  yield* examineSubscriptions(account, slug, person, input);
  yield* examineFreshness(slug, person, devices, input);
}

async function* examineSubscriptions(
  account: PublicAccountConfig,
  subject: string,
  person: PublicPerson,
  { config }: ExamineInput,
): AsyncGenerator<Finding> {
  let profiles: readonly ListedProfile[];
  try {
    profiles = await person.notify.list();
  } catch (error) {
    return yield failed({ subject, check: "subscriptions" }, error);
  }
  const { public_url: publicUrl, exact_url: exactUrl } = config.callback;
  const ours = exactUrl ?? publicUrl?.replace(/\/+$/, "");
  const mine = profiles.filter(({ callbackUrl }) => ours !== undefined && callbackUrl.startsWith(ours));
  const others = profiles.length - mine.length;
  if (others > 0)
    yield note({
      ...{
        subject,
        check: "foreign",
        words: `another installation has ${others} subscriptions through this application`,
      },
      remedy:
        "Leave them, or give each installation an application of its own. Home Assistant's own integration ends all of them.",
    });
  if (ours === undefined) return;
  for (const category of [...account.notify, "user"]) {
    const isThere = mine.some((one) => one.category === category);
    const at = { subject, check: `subscription ${category}` };
    if (isThere) yield good({ ...at, words: `${category} is announced` });
    else
      yield bad({
        ...{ ...at, words: `${category} is not announced` },
        remedy: "The bridge subscribes by itself when it runs and the callback URL answers; it checks every day.",
      });
  }
}

async function* examineFreshness(
  subject: string,
  person: PublicPerson,
  devices: readonly Device[],
  { clock }: ExamineInput,
): AsyncGenerator<Finding> {
  const at = { subject, check: "freshness" };
  const now = Math.floor(clock.now() / 1000);
  let newest = 0;
  try {
    for await (const { groups } of person.measureGroups({ from: now - PAST_S, to: now + DAY_S }))
      for (const { measuredAt } of groups) newest = Math.max(newest, measuredAt);
  } catch (error) {
    return yield failed(at, error);
  }
  for (const { model, battery, lastContactAt } of devices)
    yield good({
      ...{ subject, check: "device" },
      words: `${model}, battery ${battery ?? "unknown"}, last contact ${lastContactAt === undefined ? "unknown" : isoTime(lastContactAt)}`,
    });
  const contact = Math.max(0, ...devices.map(({ lastContactAt = 0 }) => lastContactAt));
  const last = newest === 0 ? "no measurement in 90 days" : `last measurement ${isoTime(newest)}`;
  if (contact - newest < SILENT_S) return yield good({ ...at, words: last });
  yield bad({
    ...{ ...at, words: `${last}, though the scale reached Withings at ${isoTime(contact)}: nothing of it arrives` },
    remedy:
      "See whether somebody else stood on the scale, and whether the account needs Withings+ to share data (accounts made after 12 October 2026).",
  });
}

async function examineOriginal(account: WbsAccountConfig & AccountConfig, person: PersonConfig): Promise<Finding> {
  const at = { subject: person.slug, check: "account" };
  const { userid: userId = 0, publickey: publicKey = "" } = person;
  try {
    const client = createWbsClient({ baseUrl: account.base_url, method: account.method });
    await client.user.getById({ userId, publicKey });
    return good({ ...at, words: "userid and publickey work" });
  } catch (error) {
    return failed(at, error);
  }
}
