import type { JsonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Prints an answer: as one JSON document where `--json` is given, in words otherwise. */
export function answer({ print }: Terminal, { json }: JsonOption, document: object, words: string): void {
  print(json === true ? `${JSON.stringify(document)}\n` : words);
}
