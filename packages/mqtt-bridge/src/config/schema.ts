import * as z from "zod";
import { LIMITS } from "../limits.ts";
import { measureKey } from "./measure-key.ts";

/**
 * The configuration: one schema gives the types, the defaults, the JSON Schema and the documentation.
 * Every secret can also be given as `<key>_file`, a path to a file that holds it.
 */

const seconds = z.int().positive();
const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "use lower case letters, digits, - and _, at most 64");
const topic = z
  .string()
  .min(1)
  .max(LIMITS.topicCharacters)
  .refine((text) => !/[\s#+]|^\/|\/$/.test(text), "must have no wildcard, no space, and no / at either end")
  .refine((text) => !text.startsWith("$"), "must not start with $: brokers keep such topics for themselves")
  // MQTT forbids NUL and lets a broker close the connection for the others.
  .refine((text) => !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text), "must have no control characters");
/** The value of `store` that needs nothing beside the state directory. */
export const SQLITE = "sqlite";
const httpUrl = (example: string) =>
  z.url({ protocol: /^https?$/, error: `must be a URL that starts with http:// or https://, such as ${example}` });
/** Whether a URL leads to this machine. */
export const isLoopback = (url: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(URL.parse(url)?.hostname ?? "");
const secureUrl = (example: string) =>
  httpUrl(example).refine(
    (url) => url.startsWith("https:") || isLoopback(url),
    "must start with https:// (only a server on this machine may be http), since it carries tokens",
  );
const brokerUrl = z.url({
  protocol: /^(mqtts?|wss?)$/,
  error: "must be a URL that starts with mqtt://, mqtts://, ws:// or wss://, such as mqtt://192.168.1.10:1883",
});

const accountId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "use lower case letters, digits, - and _, at most 32");

/** One entry of `people`. */
export const personSchema = z.strictObject({
  slug: slug.describe("Names the person in MQTT topics and entity ids. Do not change it later."),
  name: z.string().min(1).max(60).describe("Shown in Home Assistant."),
  account: accountId.optional().describe("The id of the person's account; may be left out where there is one account."),
  userid: z
    .int()
    .positive()
    .optional()
    .describe("The userid at the API. With OAuth the person's consent names it; given here, it must agree."),
  publickey: z
    .string()
    .min(1)
    .optional()
    .describe("With the original API: the person's publickey, or publickey_file: a file that holds it."),
  weight_unit: z.enum(["kg", "lb", "st"]).default("kg").describe("The unit of every mass that is published."),
  ambiguous: z
    .enum(["hold", "accept", "ignore"])
    .default("hold")
    .describe("The treatment of a weigh-in that may be somebody else's."),
  exclude: z
    .array(measureKey)
    .max(LIMITS.measuresAdvertised)
    .default([])
    .describe(
      "Measures that are not published: no topic, no entity, and in no event. [heart_pulse, bmi], for example.",
    ),
  publish_profile: z.boolean().default(false).describe("Publishes gender and birth date in profile."),
});

const timeout = seconds.default(10).describe("Seconds that one call may take.");
const callsPerMinute = (limit: number) =>
  z
    .int()
    .positive()
    .default(limit)
    .describe(
      "The API's own limit is 120. Polls and checks use at most three quarters of this, so that a weigh-in finds room at once.",
    );

const wbsKeys = {
  generation: z.literal("wbs").describe("The original API, with userid and publickey."),
  base_url: httpUrl("http://wbsapi.withings.net/")
    .default("http://wbsapi.withings.net/")
    .describe("The URL of the API."),
  method: z.enum(["GET", "POST"]).default("POST").describe("POST keeps keys out of the logs of proxies."),
  timeout_s: timeout,
  calls_per_minute: callsPerMinute(120),
};

const apiSchema = z.strictObject({ ...wbsKeys, generation: wbsKeys.generation.default("wbs") });

/** Categories of notifications, in the words of the configuration. */
const NOTIFY = ["weight", "heart", "temperature", "ecg", "glucose", "hrv"] as const;

const id = accountId.describe("Names the account in people and on the command line. Do not change it later.");

const wbsAccountSchema = z.strictObject({ id, ...wbsKeys });

const publicAccountSchema = z.strictObject({
  id,
  generation: z.literal("public").describe("Today's API, to which a Withings account of today answers (OAuth 2.0)."),
  base_url: secureUrl("https://wbsapi.withings.net/")
    .default("https://wbsapi.withings.net/")
    .describe("The URL of the API: https, but for a server on this machine."),
  authorize_url: secureUrl("https://account.withings.com/oauth2_user/authorize2")
    .optional()
    .describe(
      "The page on which a person consents; of another base_url than that of Withings, one on the same server.",
    ),
  client_id: z.string().min(1).describe("The ClientID of your application in the developer portal."),
  client_secret: z.string().min(1).describe("Its Secret, or client_secret_file: a file that holds it."),
  redirect_url: httpUrl("http://localhost:8643/callback")
    .default("http://localhost:8643/callback")
    .describe("Exactly as it is registered in the developer portal."),
  timeout_s: timeout,
  // Leaves room for authorize and doctor, which are programs of their own.
  calls_per_minute: callsPerMinute(100),
  notify: z
    .array(z.enum(NOTIFY))
    .min(1)
    .default(["weight", "heart"])
    .describe("What the API calls for. weight and heart cover scales."),
});

const mqttSchema = z.strictObject({
  url: brokerUrl.default("mqtt://127.0.0.1:1883").describe("Where the broker is."),
  username: z.string().optional().describe("Where the broker asks for one."),
  password: z.string().optional().describe("Or password_file: a file that holds it."),
  ca_file: z.string().optional().describe("The authority that signed the broker's certificate, where it is your own."),
  cert_file: z.string().optional().describe("The bridge's own certificate, where the broker asks for one."),
  key_file: z.string().optional().describe("The key of cert_file."),
  version: z
    .enum(["auto", "5", "3.1.1"])
    .default("auto")
    .describe("Version of MQTT. auto: 5, and 3.1.1 where the broker does not answer to 5."),
  client_id: z
    .string()
    .regex(/^[\x21-\x7e]{1,120}$/, "use visible ASCII characters without spaces, at most 120")
    .optional()
    .describe(
      "Where the broker's rules ask for one; the connection for requests adds -c. Without it the bridge makes one.",
    ),
  base_topic: topic.default("weighbridge").describe("All topics are below it."),
});

const homeAssistantSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Publishes discovery, so that devices appear by themselves."),
  discovery_prefix: topic.default("homeassistant").describe("The discovery prefix that is set in Home Assistant."),
  status_topic: topic
    .default("homeassistant/status")
    .describe("The topic on which Home Assistant announces its start."),
  discovery: z
    .enum(["device", "components"])
    .default("device")
    .describe("components: one message per entity, for openHAB."),
  hold_s: z
    .int()
    .min(0)
    .max(LIMITS.holdS)
    .default(60)
    .describe(
      "Seconds that events wait at most for Home Assistant after the broker was away: it comes back later than the bridge. 0: they never wait.",
    ),
  update_check: z
    .boolean()
    .default(false)
    .describe("Asks npm once a day for the newest version, and shows it in Home Assistant."),
  registry_url: httpUrl("https://npm.example.org/")
    .optional()
    .describe("A mirror that update_check asks; without it the registry that npm asks on this machine."),
});

const callbackSchema = z.strictObject({
  public_url: httpUrl("http://home.example.org:8480")
    .optional()
    .describe(
      "The URL at which the API reaches this machine, without the secret path. Without it the bridge only polls.",
    ),
  exact_url: httpUrl("https://hooks.nabu.casa/…")
    .optional()
    .describe(
      "In place of public_url: a URL of another program, subscribed as it is. That program requests a sync over MQTT for each call.",
    ),
  host: z.string().default("0.0.0.0").describe("The address to listen on."),
  port: z.int().min(0).max(65535).default(8480).describe("The port to listen on."),
  per_minute: z
    .int()
    .positive()
    .default(1_200)
    .describe("Calls that one address may make. The API makes a few for each weigh-in, from few addresses."),
});

const adminSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Serves the status page, metrics and health."),
  host: z
    .string()
    .min(1)
    .default("127.0.0.1")
    .describe("The address to listen on. One that other machines reach needs a token."),
  port: z.int().min(0).max(65535).default(8481).describe("The port to listen on."),
  token: z
    .string()
    .min(LIMITS.adminTokenCharacters)
    .optional()
    .describe("Asked of everybody who reads or acts. At least 16 characters; or token_file: a file that holds it."),
  ingress: z
    .boolean()
    .default(false)
    .describe("Serves the Supervisor of Home Assistant without a token: it has checked who asks."),
  url: httpUrl("http://192.168.1.10:8481")
    .optional()
    .describe("The address at which people open the page: the link in Home Assistant leads there."),
});

const timingSchema = z.strictObject({
  poll_without_subscription_s: seconds
    .default(15 * 60)
    .describe("Seconds between two polls of a person without a working subscription."),
  poll_with_subscription_s: seconds
    .default(6 * 3600)
    .describe("Seconds between two polls of a person with a working subscription."),
  coalesce_s: z
    .number()
    .nonnegative()
    .default(2)
    .describe("Seconds after a sync during which further notifications are combined into one sync."),
  repeat_call_s: z.number().nonnegative().default(12).describe("Seconds before an identical call is made again."),
  parallel_syncs: z.int().min(1).max(64).default(32).describe("People whose data are fetched at the same time."),
});

const postgresSchema = z.strictObject({
  password: z.string().optional().describe("Where store has none. Or password_file: a file that holds it."),
  ca_file: z.string().optional().describe("The authority that signed the server's certificate, where it is your own."),
  pool_size: z
    .int()
    .min(1)
    .max(LIMITS.databaseConnections)
    .default(4)
    .describe("Connections that read; one more writes."),
  statement_timeout_s: seconds
    .max(LIMITS.databaseStatementS)
    .default(10)
    .describe("Seconds that one statement may take."),
});

const logSchema = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("The lowest level that is logged."),
});

export const configSchema = z.strictObject({
  state_dir: z.string().default("./weighbridge-state").describe("Holds everything that must survive a restart."),
  store: z
    .string()
    .default(SQLITE)
    .describe(
      "sqlite: a file in state_dir. Or a PostgreSQL database: postgres://user@host/database, or store_file: a file that holds the URL.",
    ),
  postgres: postgresSchema.prefault({}).describe("How the database of store is reached."),
  accounts: z
    .array(z.discriminatedUnion("generation", [publicAccountSchema, wbsAccountSchema]))
    .min(1)
    .max(LIMITS.accounts)
    .optional()
    .describe("The applications and servers that people's data come from."),
  api: apiSchema.prefault({}).describe("Without accounts: the server of the original API that all people are at."),
  mqtt: mqttSchema.prefault({}),
  home_assistant: homeAssistantSchema.prefault({}),
  callback: callbackSchema.prefault({}),
  admin: adminSchema.prefault({}),
  timing: timingSchema.prefault({}),
  log: logSchema.prefault({}),
  people: z.array(personSchema).max(LIMITS.people).default([]).describe("The people to follow."),
});

export type Config = z.output<typeof configSchema>;
export type PersonConfig = Config["people"][number];
export type AccountConfig = NonNullable<Config["accounts"]>[number];
export type WbsAccountConfig = Extract<AccountConfig, { generation: "wbs" }>;
export type PublicAccountConfig = Extract<AccountConfig, { generation: "public" }>;
