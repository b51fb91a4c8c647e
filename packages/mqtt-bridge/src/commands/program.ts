// The field's choice of command line library: help, suggestions for misspelt words, options with choices. It has no dependency.
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type ArgumentRow, type CommandRow, GROUPS, type OptionRow } from "./command.ts";

export interface Typed {
  readonly row: CommandRow;
  readonly options: object;
  readonly args: readonly unknown[];
}

interface ProgramInput {
  readonly rows: readonly CommandRow[];
  readonly version: string;
  onCommand(typed: Typed): Promise<void>;
}

export const CONFIG_OPTION: OptionRow = {
  flags: "-c, --config <file>",
  words: "the configuration; without it weighbridge.yaml of this folder",
  names: "file",
};

const BEHIND = `
Every setting can also come from the environment: WEIGHBRIDGE_MQTT__URL is mqtt.url. Where WEIGHBRIDGE_PEOPLE is set,
no file is read unless --config names one.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
weighbridge <command> --help explains a command, with examples.
`;

/** Summaries of the first words of commands that have two, such as `config`. */
const PARENTS: Readonly<Record<string, string>> = {
  config: "Check, show or describe the configuration",
  grant: "Move a person's consent to another machine",
  store: "Move everything to another store",
  subscriptions: "See and keep what the API notifies the bridge of",
};

/** Runs what was typed. Resolves with whether it was understood, or asked for help; what was not is explained on standard error. */
export async function parseCommandLine(input: ProgramInput): Promise<boolean> {
  try {
    await programOf(input).parseAsync();
    return true;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0;
    throw error;
  }
}

/** Makes the command line of its rows. Nothing of a command's own is loaded before it runs. */
function programOf({ rows, version, onCommand }: ProgramInput): Command {
  const program = new Command("weighbridge");
  settled(program)
    .description("Withings weigh-ins to MQTT and Home Assistant.")
    .usage("<command> [options]")
    .addOption(optionOf(CONFIG_OPTION))
    .version(version, "--version", "print the version")
    .addHelpText("after", BEHIND);
  for (const group of GROUPS)
    for (const row of rows) {
      if (row.group !== group) continue;
      const added = commandOf(row, onCommand);
      parentOf(program, row).addCommand(added);
    }
  return program;
}

/** The settings that every command of the library has for itself. */
const settled = (command: Command): Command =>
  command
    .exitOverride()
    .showHelpAfterError()
    .helpCommand(false)
    .helpOption("-h, --help", "explain it")
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: 100,
      // Nearly every command has options: saying so in each line says nothing.
      subcommandTerm: (command) =>
        [
          command.name(),
          ...command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`)),
        ].join(" "),
    });

function parentOf(program: Command, { name, group }: CommandRow): Command {
  const [first = "", second] = name.split(" ");
  if (second === undefined) return program;
  const known = program.commands.find((command) => command.name() === first);
  if (known) return known;
  const parent = settled(new Command(first))
    .description(PARENTS[first] ?? "")
    .usage("<command> [options]")
    .helpGroup(group);
  program.addCommand(parent);
  return parent;
}

function commandOf(row: CommandRow, onCommand: ProgramInput["onCommand"]): Command {
  const command = settled(new Command(row.name.split(" ").at(-1)))
    .summary(row.summary)
    .description(row.more === undefined ? `${row.summary}.` : `${row.summary}. ${row.more}`)
    .addHelpText("after", examplesOf(row));
  if (!row.name.includes(" ")) command.helpGroup(row.group);
  for (const option of row.options ?? []) command.addOption(optionOf(option));
  for (const argument of row.arguments ?? []) command.addArgument(argumentOf(argument));
  // The demo has options of its own, and whoever gives them should be told where it is.
  if (row.name === "demo") command.allowUnknownOption().allowExcessArguments();
  return command.action(() => onCommand({ row, options: command.optsWithGlobals(), args: command.processedArgs }));
}

const examplesOf = ({ examples }: CommandRow): string =>
  `\nExamples:\n${examples.map(([typed, words]) => `  weighbridge ${typed}\n      ${words}\n`).join("")}`;

function optionOf({ flags, words, choices, preset, isList, parse }: OptionRow): Option {
  const option = new Option(flags, words);
  if (choices) option.choices(choices);
  if (preset !== undefined) option.default(preset);
  if (parse) option.argParser((text) => checked(parse, text));
  if (isList) option.argParser((text, before: readonly string[] | undefined) => [...(before ?? []), text]);
  return option;
}

function argumentOf({ name, words, choices, parse }: ArgumentRow): Argument {
  const argument = new Argument(name, words);
  if (choices) argument.choices(choices);
  if (parse) argument.argParser((text) => checked(parse, text));
  return argument;
}

function checked(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
