import { configJsonSchema } from "../src/config/schema-tree.ts";
import { asyncApi } from "./asyncapi.ts";
import { topicSchemas } from "./topic-schemas.ts";

/** The folder that the documents stand in. */
export const DOCS = new URL("../../../docs/", import.meta.url);

/** Every document that is made of the code, by its path below `docs/`. */
export function documentFiles(): Readonly<Record<string, string>> {
  const topics = topicSchemas();
  return {
    "asyncapi.yaml": asyncApi(topics),
    "schemas/configuration.json": json(configJsonSchema()),
    ...Object.fromEntries(topics.map(({ name, schema }) => [`schemas/${name}.json`, json(schema)])),
  };
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
