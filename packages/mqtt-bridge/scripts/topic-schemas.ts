import { fileURLToPath } from "node:url";
import { measureTypes } from "@weighbridge/core";
// Reads TypeScript's own types, which zod would have to say a second time: what is published is typed, what comes in is parsed by zod.
import { createGenerator } from "ts-json-schema-generator";
import { COMMAND_NAMES, requestSchema } from "../src/messages/requests.ts";
import { BRIDGE_TOPICS, PERSON_TOPICS } from "../src/messages/topics.ts";

export interface JsonSchema {
  [key: string]: unknown;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  definitions?: Record<string, JsonSchema>;
}

/** One topic as the bridge publishes it or listens on it. */
export interface TopicSchema {
  /** Of its file, and of its channel. */
  readonly name: string;
  /** With `{slug}` and `{id}` for what varies. */
  readonly address: string;
  readonly isRetained: boolean;
  /** The bridge listens; it publishes on all others. */
  readonly isRequest: boolean;
  readonly isJson: boolean;
  readonly words: string;
  readonly schema: JsonSchema;
}

const DRAFT = "http://json-schema.org/draft-07/schema#";
const WHERE = "https://raw.githubusercontent.com/weighbridge/weighbridge/main/docs/schemas";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Every topic, in the order of the table. */
export function topicSchemas(): TopicSchema[] {
  const generator = createGenerator({
    path: file("payload-types.ts"),
    tsconfig: file("tsconfig.payloads.json"),
    skipTypeCheck: true,
    topRef: false,
    // Keys may come without a new `schema`: consumers must not refuse what they do not know.
    additionalProperties: true,
  });
  const [bridge, person, answers] = ["BridgePayloads", "PersonPayloads", "ResponseData"].map((type) =>
    generator.createSchema(type),
  ) as [JsonSchema, JsonSchema, JsonSchema];
  return [
    ...Object.entries(BRIDGE_TOPICS).flatMap(([key, row]) => {
      if (key === "request") return COMMAND_NAMES.map(requestTopic);
      if (key === "response") return COMMAND_NAMES.map((command) => responseTopic(command, answers));
      return [topicOf(row, `bridge-${dashed(key.replace("bridge", ""))}`, "", partOf(bridge, key))];
    }),
    ...Object.entries(PERSON_TOPICS).map(([key, row]) =>
      topicOf(row, `person-${dashed(key)}`, "people/{slug}/", partOf(person, key)),
    ),
  ];
}

interface Row {
  readonly path: string;
  readonly isRetained: boolean;
  readonly words: string;
}

function topicOf(
  { path, isRetained, words }: Row,
  name: string,
  below: string,
  document: JsonSchema | undefined,
): TopicSchema {
  const address = `weighbridge/${below}${path.replace("<id>", "{id}")}`;
  const schema = document ?? TEXTS[name];
  if (schema === undefined) throw new Error(`${name} has no schema: give it a row in payload-types.ts or in TEXTS`);
  return {
    ...{ name, address, isRetained, isRequest: false, isJson: document !== undefined, words },
    schema: finished({ name, address, words }, WITH_MEASURES.has(name) ? withMeasures(schema) : schema),
  };
}

const PRESENCE = { type: "string", enum: ["online", "offline"] };

/** Topics whose message is plain text. */
const TEXTS: Readonly<Record<string, JsonSchema>> = {
  "bridge-state": PRESENCE,
  "person-availability": PRESENCE,
  "person-measure": {
    type: "string",
    pattern: "^(-?\\d+(\\.\\d+)?(e[-+]\\d+)?)?$",
    description: "A number; empty after the value was deleted.",
  },
};

/** Documents with a key for each measure beside those of their type. */
const WITH_MEASURES = new Set(["person-state", "person-weigh-in"]);

/** A measure's id, or `type_<code>` of an unknown one; behind it the place on the body, or what tells two devices apart. */
const MEASURE_KEY = `^(${[...measureTypes.values()].map(({ id }) => id).join("|")}|type_\\d+)(_[a-z0-9_]+)?$`;

const withMeasures = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  patternProperties: { [MEASURE_KEY]: { type: ["number", "null"] } },
});

function requestTopic(command: (typeof COMMAND_NAMES)[number]): TopicSchema {
  const { path, isRetained } = BRIDGE_TOPICS.request;
  const { $schema: _, ...schema } = requestSchema(command) as JsonSchema;
  const name = `bridge-request-${dashed(command)}`;
  const address = `weighbridge/${path.replace("<command>", command)}`;
  const words = `a request; the answer comes on \`bridge/response/${command}\``;
  return {
    ...{ name, address, isRetained, isRequest: true, isJson: true, words },
    schema: finished({ name, address, words }, schema),
  };
}

function responseTopic(command: string, answers: JsonSchema): TopicSchema {
  const { path, isRetained } = BRIDGE_TOPICS.response;
  const name = `bridge-response-${dashed(command)}`;
  const address = `weighbridge/${path.replace("<command>", command)}`;
  const words = `the answer to \`bridge/request/${command}\``;
  const { definitions, ...data } = partOf(answers, command) ?? {};
  const schema: JsonSchema = {
    type: "object",
    oneOf: [
      { properties: { ...ANSWER, status: { const: "ok" }, data }, required: ["schema", "status", "data"] },
      { properties: { ...ANSWER, status: { const: "error" }, error: FAULT }, required: ["schema", "status", "error"] },
    ],
    ...(definitions && { definitions }),
  };
  return {
    ...{ name, address, isRetained, isRequest: false, isJson: true, words },
    schema: finished({ name, address, words }, schema),
  };
}

const ANSWER = { schema: { const: 1 }, transaction: { type: ["string", "number"], description: "As it was sent." } };
const FAULT = {
  type: "object",
  properties: { code: { type: "string" }, message: { type: "string" } },
  required: ["code", "message"],
};

/** The schema of one property, with the definitions that it needs. */
function partOf(whole: JsonSchema, key: string): JsonSchema | undefined {
  const { definitions = {} } = whole;
  let part = whole.properties?.[key];
  if (part === undefined) return undefined;
  const own = definitionOf(part);
  if (own !== undefined) part = { ...definitions[own] };
  const needed = new Set<string>();
  const collect = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const name = definitionOf(node as JsonSchema);
    if (name !== undefined && !needed.has(name)) {
      needed.add(name);
      collect(definitions[name]);
    }
    for (const inner of Object.values(node)) collect(inner);
  };
  collect(part);
  const kept = [...needed].map((name) => [name, definitions[name] ?? {}]);
  return kept.length === 0 ? part : { ...part, definitions: Object.fromEntries(kept) };
}

const definitionOf = ({ $ref }: JsonSchema): string | undefined =>
  typeof $ref === "string" ? decodeURIComponent($ref.replace("#/definitions/", "")) : undefined;

type Named = Pick<TopicSchema, "name" | "address" | "words">;

function finished({ name, address, words }: Named, { $schema: _, ...schema }: JsonSchema): JsonSchema {
  const { description: _ofType, ...dated } = withTimes(schema) as JsonSchema;
  return { $schema: DRAFT, $id: `${WHERE}/${name}.json`, title: address, description: words, ...dated };
}

/** Keys that hold a time, beside those that end in `_at`. */
const TIMES = new Set(["last_poll", "next_poll", "last_weigh_in", "last_notification", "oldest_hint", "last_contact"]);
const isTime = (key: string) => key.endsWith("_at") || TIMES.has(key);

/** The types say string; each time is ISO 8601 in UTC. */
function withTimes(node: unknown, isDated = false): unknown {
  if (Array.isArray(node)) return node.map((inner) => withTimes(inner));
  if (typeof node !== "object" || node === null) return node;
  const schema = node as JsonSchema;
  const isText = [schema.type].flat().includes("string");
  const entries = Object.entries(schema).map(([key, inner]): [string, unknown] => {
    if (key === "properties")
      return [
        key,
        mapValues(inner as Record<string, JsonSchema>, (property, name) => withTimes(property, isTime(name))),
      ];
    return [key, withTimes(inner, isDated && key === "additionalProperties")];
  });
  return { ...Object.fromEntries(entries), ...(isDated && isText && { format: "date-time" }) };
}

const mapValues = <T>(record: Readonly<Record<string, T>>, made: (value: T, key: string) => unknown) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, made(value, key)]));

const dashed = (key: string) =>
  key
    .replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`)
    .replaceAll("_", "-")
    .toLowerCase();
