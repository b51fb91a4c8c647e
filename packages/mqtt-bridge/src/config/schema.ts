import * as z from "zod";

/**
 * The configuration: one schema gives the types, the defaults, the JSON Schema and the documentation.
 * Every secret can also be given as `<key>_file`, a path to a file that holds it.
 */

const seconds = z.int().positive();
const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "use lower case letters, digits, - and _, at most 64");
const topic = z.string().regex(/^[^\s#+/][^\s#+]*(?<!\/)$/, "must have no wildcard, no space, and no / at either end");
const httpUrl = (example: string) =>
  z.url({ protocol: /^https?$/, error: `must be a URL that starts with http:// or https://, such as ${example}` });
const brokerUrl = z.url({
  protocol: /^(mqtts?|wss?)$/,
  error: "must be a URL that starts with mqtt://, mqtts://, ws:// or wss://, such as mqtt://192.168.1.10:1883",
});

const personSchema = z.strictObject({
  slug: slug.describe("Names the person in MQTT topics and entity ids. Do not change it later."),
  name: z.string().min(1).max(60).describe("Shown in Home Assistant."),
  userid: z.int().positive().describe("The userid at the API."),
  publickey: z.string().min(1).describe("The publickey at the API, or publickey_file: a file that holds it."),
  weight_unit: z.enum(["kg", "lb", "st"]).default("kg").describe("The unit of every mass that is published."),
  ambiguous: z
    .enum(["hold", "accept", "ignore"])
    .default("hold")
    .describe("What to do with a weigh-in that may be somebody else's."),
});

const apiSchema = z.strictObject({
  generation: z.literal("wbs").default("wbs").describe("Which API the server speaks."),
  base_url: httpUrl("http://wbsapi.withings.net/").default("http://wbsapi.withings.net/").describe("Where the API is."),
  method: z.enum(["GET", "POST"]).default("POST").describe("POST keeps keys out of the logs of proxies."),
  timeout_s: seconds.default(10).describe("How long one call may take."),
  calls_per_minute: z.int().positive().default(120).describe("What the API allows."),
});

const mqttSchema = z.strictObject({
  url: brokerUrl.default("mqtt://127.0.0.1:1883").describe("Where the broker is."),
  username: z.string().optional().describe("Where the broker asks for one."),
  password: z.string().optional().describe("Or password_file: a file that holds it."),
  ca_file: z.string().optional().describe("The authority that signed the broker's certificate, where it is your own."),
  cert_file: z.string().optional().describe("The bridge's own certificate, where the broker asks for one."),
  key_file: z.string().optional().describe("The key of cert_file."),
  base_topic: topic.default("weighbridge").describe("All topics are below it."),
});

const homeAssistantSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether devices appear by themselves."),
  discovery_prefix: topic.default("homeassistant").describe("The one that is set in Home Assistant."),
  status_topic: topic.default("homeassistant/status").describe("Where Home Assistant says that it started."),
  discovery: z
    .enum(["device", "components"])
    .default("device")
    .describe("components: one message per entity, for openHAB."),
});

const callbackSchema = z.strictObject({
  public_url: httpUrl("http://home.example.org:8480")
    .optional()
    .describe("How the API reaches this machine, without the secret path. Without it the bridge only polls."),
  host: z.string().default("0.0.0.0").describe("The address to listen on."),
  port: z.int().min(0).max(65535).default(8480).describe("The port to listen on."),
  per_minute: z
    .int()
    .positive()
    .default(1_200)
    .describe("Calls that one address may make. The API makes a few for each weigh-in, from few addresses."),
});

const timingSchema = z.strictObject({
  poll_without_subscription_s: seconds.default(15 * 60).describe("Between two polls of a person who is not notified."),
  poll_with_subscription_s: seconds.default(6 * 3600).describe("Between two polls of a person who is."),
  coalesce_s: z.number().nonnegative().default(2).describe("Hints that arrive this long after a sync become one more."),
  repeat_call_s: z.number().nonnegative().default(12).describe("An identical call is never made sooner."),
  parallel_syncs: z.int().min(1).max(64).default(32).describe("People whose data are fetched at once."),
});

const logSchema = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("The least that is logged."),
});

export const configSchema = z.strictObject({
  state_dir: z.string().default("./weighbridge-state").describe("Holds everything that must survive a restart."),
  api: apiSchema.prefault({}),
  mqtt: mqttSchema.prefault({}),
  home_assistant: homeAssistantSchema.prefault({}),
  callback: callbackSchema.prefault({}),
  timing: timingSchema.prefault({}),
  log: logSchema.prefault({}),
  people: z.array(personSchema).max(1000).default([]).describe("Who weighs themselves here."),
});

export type Config = z.output<typeof configSchema>;
export type PersonConfig = Config["people"][number];
