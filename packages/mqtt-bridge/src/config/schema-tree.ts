import * as z from "zod";
import { configSchema } from "./schema.ts";

/** The schema as JSON Schema, for editors and for looking things up. */
export interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

export const configJsonSchema = (): SchemaNode => z.toJSONSchema(configSchema, { io: "input" }) as SchemaNode;

let tree: SchemaNode | undefined;

/** What the schema says of a key; undefined where it knows none. */
export function schemaAt(path: readonly (string | number)[]): SchemaNode | undefined {
  tree ??= configJsonSchema();
  return path.reduce<SchemaNode | undefined>(
    (node, key) => (typeof key === "number" ? node?.items : node?.properties?.[key]),
    tree,
  );
}

/** The known key that somebody may have meant. */
export function nearestKey(key: string, path: readonly (string | number)[]): string | undefined {
  const known = Object.keys(schemaAt(path)?.properties ?? {});
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
