import { loadRunnableConfig } from "../config/load.ts";
import { configJsonSchema } from "../config/schema-tree.ts";
import type { Terminal } from "./terminal.ts";

/** `config schema` prints the JSON Schema, `config check` loads a configuration as `run` does and prints warnings. */
export function config(action: "check" | "schema", file: string | undefined, terminal: Terminal): number {
  if (action === "schema") {
    terminal.print(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return 0;
  }
  const onWarning = (warning: string) => terminal.print(`Warning: ${warning}.\n`);
  const { people } = loadRunnableConfig({ ...(file === undefined ? {} : { file }), env: process.env, onWarning });
  const names = people.map(({ name }) => name).join(", ");
  terminal.print(`The configuration can be used. It watches ${names}.\n`);
  return 0;
}
