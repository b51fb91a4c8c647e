import * as z from "zod";
import { configSchema } from "./schema.ts";

/** The schema as JSON Schema, for editors and for looking things up. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly SchemaNode[];
  /** Kinds of one section, told apart by a key. */
  readonly oneOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
}

/** Keys that hold a secret. Each may be given as `<key>_file` instead, which the loader reads. */
export const SECRET_KEYS: ReadonlySet<string> = new Set(["publickey", "password", "client_secret", "token", "store"]);

export const configJsonSchema = (): SchemaNode =>
  withSecretFiles(z.toJSONSchema(configSchema, { io: "input" }) as SchemaNode);

function withSecretFiles(node: SchemaNode): SchemaNode {
  const items = node.items === undefined ? {} : { items: withSecretFiles(node.items) };
  if (node.oneOf) return { ...node, oneOf: node.oneOf.map(withSecretFiles) };
  if (node.properties === undefined) return { ...node, ...items };
  const properties = Object.entries(node.properties).flatMap(([key, inner]): [string, SchemaNode][] => {
    const itself: [string, SchemaNode] = [key, withSecretFiles(inner)];
    const file = { type: "string", description: `Path of a file that holds ${key}.` };
    return SECRET_KEYS.has(key) ? [itself, [`${key}_file`, file]] : [itself];
  });
  const required = (node.required ?? []).filter((key) => !SECRET_KEYS.has(key));
  const either = (node.required ?? [])
    .filter((key) => SECRET_KEYS.has(key))
    .flatMap((key) => [{ required: [key] }, { required: [`${key}_file`] }]);
  return {
    ...node,
    ...items,
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    ...(either.length === 0 ? {} : { anyOf: either }),
  };
}

let tree: SchemaNode | undefined;

/** The part of the schema that describes a key; undefined for an unknown one. */
export function schemaAt(path: readonly (string | number)[]): SchemaNode | undefined {
  tree ??= configJsonSchema();
  return path.reduce<SchemaNode | undefined>(
    (node, key) => (typeof key === "number" ? node?.items : propertiesOf(node)[key]),
    tree,
  );
}

/** Of a section with several kinds those of all of them. */
export function propertiesOf({ properties = {}, oneOf = [] }: SchemaNode = {}): Readonly<Record<string, SchemaNode>> {
  return Object.assign({}, properties, ...oneOf.map(propertiesOf));
}

/** The known key with the nearest spelling, if one is near. */
export function nearestKey(key: string, path: readonly (string | number)[]): string | undefined {
  const known = Object.keys(propertiesOf(schemaAt(path)));
  const near = known
    .map((name) => ({ name, distance: distance(key, name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= Math.max(2, Math.floor(key.length / 3)) ? near.name : undefined;
}

/** Insertions, deletions and replacements between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] as number) + 1, (row[j] as number) + 1, (row[j - 1] as number) + same));
    }
    row = next;
  }
  return row[b.length] as number;
}
