import * as z from "zod";

/**
 * The configuration: one schema gives the types, the defaults, the JSON Schema and the documentation.
 * Every secret can also be given as `<key>_file`, a path to a file that holds it.
 */

const seconds = z.int().positive();
const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "use lower case letters, digits, - and _, at most 64");
const topicSegmentPath = z.string().regex(/^[^\s#+/][^#+]*[^/#+]$/, "no wildcard, no space, no / at either end");

const personSchema = z.strictObject({
  slug: slug.describe("Names the person in MQTT topics and entity ids. Do not change it later."),
  name: z.string().min(1).max(60).describe("Shown in Home Assistant."),
  userid: z.int().positive().describe("The userid at the API."),
  publickey: z.string().min(1).describe("The publickey at the API; a secret."),
  weight_unit: z.enum(["kg", "lb", "st"]).default("kg").describe("The unit that Home Assistant shows."),
  ambiguous: z
    .enum(["hold", "accept", "ignore"])
    .default("hold")
    .describe("What to do with a weigh-in that may be somebody else's."),
});

const apiSchema = z.strictObject({
  generation: z.literal("wbs").default("wbs"),
  base_url: z.url({ protocol: /^https?$/ }).default("http://wbsapi.withings.net/"),
  method: z.enum(["GET", "POST"]).default("POST").describe("POST keeps keys out of the logs of proxies."),
  timeout_s: seconds.default(10),
  calls_per_minute: z.int().positive().default(120),
});

const mqttSchema = z.strictObject({
  url: z.url({ protocol: /^(mqtts?|wss?)$/ }).default("mqtt://127.0.0.1:1883"),
  username: z.string().optional(),
  password: z.string().optional(),
  ca_file: z.string().optional(),
  cert_file: z.string().optional(),
  key_file: z.string().optional(),
  base_topic: topicSegmentPath.default("weighbridge"),
});

const homeAssistantSchema = z.strictObject({
  enabled: z.boolean().default(true),
  discovery_prefix: topicSegmentPath.default("homeassistant"),
  status_topic: topicSegmentPath.default("homeassistant/status"),
  discovery: z
    .enum(["device", "components"])
    .default("device")
    .describe("components: one message per entity, for openHAB."),
});

const callbackSchema = z.strictObject({
  public_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("How the API reaches this machine, without the secret path. Without it the bridge only polls."),
  host: z.string().default("0.0.0.0"),
  port: z.int().min(0).max(65535).default(8480),
});

const timingSchema = z.strictObject({
  poll_without_subscription_s: seconds.default(15 * 60),
  poll_with_subscription_s: seconds.default(6 * 3600),
  coalesce_s: z.number().nonnegative().default(2).describe("Hints that arrive this long after a sync become one more."),
  repeat_call_s: z.number().nonnegative().default(12).describe("An identical call is never made sooner."),
  parallel_syncs: z.int().min(1).max(64).default(32),
});

export const configSchema = z.strictObject({
  state_dir: z.string().default("./weighbridge-state").describe("Holds everything that must survive a restart."),
  api: apiSchema.prefault({}),
  mqtt: mqttSchema.prefault({}),
  home_assistant: homeAssistantSchema.prefault({}),
  callback: callbackSchema.prefault({}),
  timing: timingSchema.prefault({}),
  log: z.strictObject({ level: z.enum(["debug", "info", "warn", "error"]).default("info") }).prefault({}),
  people: z.array(personSchema).max(1000).default([]),
});

export type Config = z.output<typeof configSchema>;
export type PersonConfig = Config["people"][number];
