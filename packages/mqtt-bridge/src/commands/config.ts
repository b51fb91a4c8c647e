import { loadHousehold } from "../config/load.ts";
import { configJsonSchema } from "../config/schema-tree.ts";
import type { Terminal } from "./terminal.ts";

/** `config schema` prints the JSON Schema, `config check` tells whether a configuration can be used. */
export function config(action: "check" | "schema", file: string | undefined, terminal: Terminal): number {
  if (action === "schema") {
    terminal.print(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return 0;
  }
  const { people } = loadHousehold({ ...(file === undefined ? {} : { file }), env: process.env });
  const names = people.map(({ name }) => name).join(", ");
  terminal.print(`The configuration can be used. It watches ${names}.\n`);
  return 0;
}
