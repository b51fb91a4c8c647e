import { exampleText } from "../config/example.ts";
import { configJsonSchema } from "../config/schema-tree.ts";
import { answer } from "./answer.ts";
import type { Given, JsonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Loads a configuration as `run` does, and prints its warnings. Returns the exit code. */
export async function checkConfig(
  config: Given<JsonOption>["config"],
  options: JsonOption,
  terminal: Terminal,
): Promise<number> {
  const warnings: string[] = [];
  const { people } = await config((warning) => void warnings.push(warning));
  const names = people.map(({ name }) => name).join(", ");
  const words = [
    ...warnings.map((warning) => `Warning: ${warning}.\n`),
    `The configuration can be used. It watches ${names}.\n`,
  ];
  const document = { ok: true, people: people.map(({ slug, name }) => ({ slug, name })), warnings };
  answer(terminal, options, document, words.join(""));
  return 0;
}

export function printSchema({ print }: Terminal): number {
  print(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  return 0;
}

export function printExample({ print }: Terminal): number {
  print(exampleText());
  return 0;
}
