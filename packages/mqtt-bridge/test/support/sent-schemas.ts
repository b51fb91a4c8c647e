import { readdirSync, readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { DOCS } from "../../scripts/document-files.ts";
import type { JsonSchema } from "../../scripts/topic-schemas.ts";

/** The committed schema of a topic's messages. */
export interface SentSchema {
  readonly name: string;
  readonly isText: boolean;
  /** True for a topic that the schema describes. */
  has(topic: string): boolean;
  readonly validate: ValidateFunction;
}

/** The committed schemas, closed: what is published may carry keys that a consumer does not know, what we send may not. */
export function sentSchemas(): SentSchema[] {
  const folder = new URL("schemas/", DOCS);
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const files = readdirSync(folder).filter((file) => /^(bridge|person)-/.test(file));
  return files.map((file) => {
    const { $id: _, ...schema } = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as JsonSchema;
    const pattern = String(schema["title"]).replaceAll(/\{\w+\}/g, "[^/]+");
    return {
      name: file.replace(".json", ""),
      isText: schema.type === "string",
      has: (topic) => new RegExp(`^${pattern}$`).test(topic),
      validate: ajv.compile(closed(schema) as JsonSchema),
    };
  });
}

function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const inner = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  return "properties" in inner && !("additionalProperties" in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}
