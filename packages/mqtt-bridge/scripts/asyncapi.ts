import { DOCUMENT_SCHEMA } from "@weighbridge/core";
import { stringify } from "yaml";
import type { TopicSchema } from "./topic-schemas.ts";

const PARAMETERS: Readonly<Record<string, object>> = {
  slug: { description: "The person's slug in the configuration." },
  id: { description: "The measure, such as weight, fat_ratio or type_99." },
};

const DESCRIPTION = `Every topic of the bridge, below its base topic (\`mqtt.base_topic\`, here the default \`weighbridge\`).
Operations are the bridge's: it sends what it publishes and receives requests.
JSON documents carry \`schema\`, which grows when a consumer must change; ignore keys that you do not know.
Home Assistant's discovery below \`homeassistant/\` is Home Assistant's own format and is not described here.`;

/** The AsyncAPI 3 document of these topics, as YAML. */
export function asyncApi(topics: readonly TopicSchema[]): string {
  const document = {
    asyncapi: "3.0.0",
    info: {
      title: "Weighbridge",
      // Grows with the documents, not with the packages.
      version: `${DOCUMENT_SCHEMA}.0.0`,
      description: DESCRIPTION,
      license: { name: "MIT" },
      externalDocs: { url: "https://github.com/weighbridge/weighbridge" },
    },
    defaultContentType: "application/json",
    servers: {
      broker: { host: "127.0.0.1:1883", protocol: "mqtt", description: "The household's own broker: `mqtt.url`." },
    },
    channels: Object.fromEntries(topics.map((topic) => [topic.name, channelOf(topic)])),
    operations: Object.fromEntries(topics.map((topic) => [topic.name, operationOf(topic, topics)])),
  };
  const head = "# Made by `pnpm schemas`; a change here is overwritten.\n";
  return `${head}${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function channelOf({ name, address, words, isJson }: TopicSchema): object {
  const parameters = [...address.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => [key, PARAMETERS[key]]);
  return {
    address,
    description: words,
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) }),
    messages: {
      message: {
        name,
        contentType: isJson ? "application/json" : "text/plain",
        payload: {
          schemaFormat: "application/schema+json;version=draft-07",
          schema: { $ref: `./schemas/${name}.json` },
        },
      },
    },
  };
}

/** Events go out at QoS 2; retained documents, warnings and answers at QoS 1; requests are heard at QoS 1. */
function operationOf({ name, isRetained, isRequest }: TopicSchema, topics: readonly TopicSchema[]): object {
  const channel = { $ref: `#/channels/${name}` };
  const answer = topics.find((topic) => topic.name === name.replace("-request-", "-response-"));
  return {
    action: isRequest ? "receive" : "send",
    channel,
    bindings: { mqtt: { qos: name === "person-weigh-in" ? 2 : 1, retain: isRetained, bindingVersion: "0.2.0" } },
    ...(isRequest && answer && { reply: { channel: { $ref: `#/channels/${answer.name}` } } }),
  };
}
