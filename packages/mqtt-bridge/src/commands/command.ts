import type { Config } from "../config/schema.ts";
import type { Terminal } from "./terminal.ts";

/** One option of a command. */
export interface OptionRow {
  /** In the form of the command line library: `-c, --config <file>`. */
  readonly flags: string;
  readonly words: string;
  readonly choices?: readonly string[];
  /** The value without the option. */
  readonly preset?: string;
  /** What the value names, for completion in a shell. */
  readonly names?: "file" | "folder";
  /** Given several times, it holds a list. */
  readonly isList?: boolean;
  /** Throws where the text is no such value. */
  parse?(text: string): unknown;
}

export interface ArgumentRow {
  /** `<file>`, or `[file]` where it may be left out. */
  readonly name: string;
  readonly words: string;
  readonly choices?: readonly string[];
  readonly names?: "file" | "folder";
  parse?(text: string): unknown;
}

/** Headings of the list of commands. */
export const GROUPS = [
  "Set up:",
  "People:",
  "Weigh-ins:",
  "The running bridge:",
  "Look after it:",
  "Configuration and shell:",
] as const;

/** Everything that help, parsing, completion and the README's table know of a command. */
export interface CommandRow {
  /** Its words: `config check`. */
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  /** One line for lists of commands. */
  readonly summary: string;
  /** Further sentences for its own help. */
  readonly more?: string;
  readonly arguments?: readonly ArgumentRow[];
  readonly options?: readonly OptionRow[];
  /** Commands without `weighbridge`, each with what it does. */
  readonly examples: readonly (readonly [command: string, words: string])[];
  /** Imports the command's module, so that no other command waits for it, and resolves with the exit code. */
  start(given: Given<never>): Promise<number>;
}

/** What was typed, and the parts that a command may ask for. */
export interface Given<O extends object> {
  readonly options: O;
  readonly args: readonly unknown[];
  readonly terminal: Terminal;
  /** Every command. */
  readonly rows: readonly CommandRow[];
  /** The path of `--config`, or of the file that is taken without it. */
  readonly file: string | undefined;
  /** The configuration as `run` reads it. Throws a ConfigError. */
  config(onWarning?: (warning: string) => void): Promise<Config>;
}

/** A row with the type of its options. */
export const command = <O extends object>(
  row: Omit<CommandRow, "start"> & { start(given: Given<O>): Promise<number> },
): CommandRow => row;

export interface JsonOption {
  readonly json?: boolean;
}

export interface PersonOption {
  readonly person?: string;
}

export const JSON_OPTION: OptionRow = { flags: "--json", words: "print one JSON document, a failure too" };
export const PERSON_OPTION: OptionRow = {
  flags: "--person <slug>",
  words: "the person; may be left out where there is one alone",
};
