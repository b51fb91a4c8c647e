import * as z from "zod";
import { LIMITS } from "../limits.ts";

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
const httpUrl = (example: string) =>
  z.url({ protocol: /^https?$/, error: `must be a URL that starts with http:// or https://, such as ${example}` });
const brokerUrl = z.url({
  protocol: /^(mqtts?|wss?)$/,
  error: "must be a URL that starts with mqtt://, mqtts://, ws:// or wss://, such as mqtt://192.168.1.10:1883",
});

/** One entry of `people`. */
export const personSchema = z.strictObject({
  slug: slug.describe("Names the person in MQTT topics and entity ids. Do not change it later."),
  name: z.string().min(1).max(60).describe("Shown in Home Assistant."),
  userid: z.int().positive().describe("The userid at the API."),
  publickey: z.string().min(1).describe("The publickey at the API, or publickey_file: a file that holds it."),
  weight_unit: z.enum(["kg", "lb", "st"]).default("kg").describe("The unit of every mass that is published."),
  ambiguous: z
    .enum(["hold", "accept", "ignore"])
    .default("hold")
    .describe("The treatment of a weigh-in that may be somebody else's."),
});

const apiSchema = z.strictObject({
  generation: z.literal("wbs").default("wbs").describe("The API that the server speaks."),
  base_url: httpUrl("http://wbsapi.withings.net/")
    .default("http://wbsapi.withings.net/")
    .describe("The URL of the API."),
  method: z.enum(["GET", "POST"]).default("POST").describe("POST keeps keys out of the logs of proxies."),
  timeout_s: seconds.default(10).describe("Seconds that one call may take."),
  calls_per_minute: z
    .int()
    .positive()
    .default(120)
    .describe(
      "The API's own limit. Polls and checks use at most three quarters of it, so that a weigh-in finds room at once.",
    ),
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
});

const callbackSchema = z.strictObject({
  public_url: httpUrl("http://home.example.org:8480")
    .optional()
    .describe(
      "The URL at which the API reaches this machine, without the secret path. Without it the bridge only polls.",
    ),
  host: z.string().default("0.0.0.0").describe("The address to listen on."),
  port: z.int().min(0).max(65535).default(8480).describe("The port to listen on."),
  per_minute: z
    .int()
    .positive()
    .default(1_200)
    .describe("Calls that one address may make. The API makes a few for each weigh-in, from few addresses."),
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

const logSchema = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("The lowest level that is logged."),
});

export const configSchema = z.strictObject({
  state_dir: z.string().default("./weighbridge-state").describe("Holds everything that must survive a restart."),
  api: apiSchema.prefault({}),
  mqtt: mqttSchema.prefault({}),
  home_assistant: homeAssistantSchema.prefault({}),
  callback: callbackSchema.prefault({}),
  timing: timingSchema.prefault({}),
  log: logSchema.prefault({}),
  people: z.array(personSchema).max(LIMITS.people).default([]).describe("The people to follow."),
});

export type Config = z.output<typeof configSchema>;
export type PersonConfig = Config["people"][number];
