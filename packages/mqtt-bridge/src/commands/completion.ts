import type { ArgumentRow, CommandRow, OptionRow } from "./command.ts";
import { CONFIG_OPTION } from "./program.ts";

type Shell = "bash" | "zsh" | "fish";

/** A place on the command line: before a command, between the words of one, or behind it. */
interface Place {
  /** Empty at the start. */
  readonly path: string;
  readonly summary: string;
  /** Words that may come next, each with its meaning. */
  readonly next: readonly (readonly [word: string, summary: string])[];
  readonly options: readonly OptionRow[];
  readonly arguments: readonly ArgumentRow[];
}

const HELP: OptionRow = { flags: "-h, --help", words: "explain it" };
const VERSION: OptionRow = { flags: "--version", words: "print the version" };

/** The script that completes commands, options and their values. It asks nobody: pressing Tab starts no program. */
export function completionScript(shell: string, rows: readonly CommandRow[]): string {
  return SCRIPTS[shell as Shell](placesOf(rows));
}

function placesOf(rows: readonly CommandRow[]): Place[] {
  const paths = new Set(["", ...rows.map(({ name }) => name.split(" ")[0] as string), ...rows.map(({ name }) => name)]);
  return [...paths].map((path) => {
    const row = rows.find(({ name }) => name === path);
    const below = rows.filter(({ name }) => path === "" || name.startsWith(`${path} `));
    const depth = path === "" ? 0 : path.split(" ").length;
    const next = new Map(
      below.map(({ name, summary }) => {
        const word = name.split(" ")[depth] as string;
        const isWhole = name.split(" ").length === depth + 1;
        return [word, isWhole ? summary : `${word} …`];
      }),
    );
    const own = path === "" ? [VERSION] : [];
    return {
      path,
      summary: row?.summary ?? "",
      next: [...next],
      options: [...(row?.options ?? []), CONFIG_OPTION, ...own, HELP],
      arguments: row?.arguments ?? [],
    };
  });
}

const wordsOf = ({ flags }: OptionRow): string[] => flags.split(/, | </).filter((word) => word.startsWith("-"));
const takesValue = ({ flags }: OptionRow): boolean => flags.includes("<");
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Shell pattern of the words, for `case`. */
const either = (words: readonly string[]): string => words.map(quoted).join("|");

function bash(places: readonly Place[]): string {
  const options = [...new Map(places.flatMap((place) => place.options).map((one) => [one.flags, one])).values()];
  const values = options.filter(takesValue).map((option) => {
    const { names, choices } = option;
    const found = choices
      ? `compgen -W ${quoted(choices.join(" "))} -- "$cur"`
      : names && `compgen -${names === "file" ? "f" : "d"} -- "$cur"`;
    return `    ${either(wordsOf(option))}) ${found ? `${names ? "compopt -o filenames; " : ""}mapfile -t COMPREPLY < <(${found}); ` : ""}return ;;`;
  });
  const paths = places.filter(({ path }) => path !== "").map(({ path }) => path);
  const cases = places.map((place) => {
    const { path, next, options: own, arguments: taken } = place;
    const choices = [...next.map(([word]) => word), ...taken.flatMap((one) => one.choices ?? [])];
    const words = [...choices, ...own.flatMap(wordsOf).filter((word) => word.startsWith("--"))];
    const files = taken.some(({ names }) => names) ? " files=yes" : "";
    return `    ${quoted(path)}) words=${quoted(words.join(" "))}${files} ;;`;
  });
  return `# Completion of weighbridge in bash. Made by: weighbridge completion bash
_weighbridge() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} path= words= files= index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${path:+$path }\${COMP_WORDS[index]}" in
    ${either(paths)}) path="\${path:+$path }\${COMP_WORDS[index]}" ;;
    esac
  done
  case $prev in
${values.join("\n")}
  esac
  case $path in
${cases.join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  if [[ $files && $cur != -* ]]; then
    compopt -o filenames
    mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
  fi
}
complete -F _weighbridge weighbridge
`;
}

function zsh(places: readonly Place[]): string {
  const escaped = (text: string) => text.replace(/[\\:[\]]/g, "\\$&");
  const action = ({ names, choices }: Pick<OptionRow, "names" | "choices">) =>
    choices ? `(${choices.join(" ")})` : names === undefined ? " " : names === "file" ? "_files" : "_files -/";
  const optionSpecs = (option: OptionRow) => {
    const words = wordsOf(option);
    const value = takesValue(option) ? `:value:${action(option)}` : "";
    const exclusion = words.length > 1 ? `(${words.join(" ")})` : "";
    return words.map((word) => quoted(`${option.isList ? "*" : exclusion}${word}[${escaped(option.words)}]${value}`));
  };
  const functions = places.map(({ path, next, options, arguments: taken }) => {
    const described = next.map(([word, summary]) => quoted(`${escaped(word)}:${escaped(summary)}`));
    const rest = [
      ...(next.length > 0 ? ["'1:command:->command'", "'*::argument:->rest'"] : []),
      ...taken.map((one, index) => quoted(`${index + 1}:${one.name.replace(/[<>[\]]/g, "")}:${action(one)}`)),
    ];
    const specs = [...options.flatMap(optionSpecs), ...rest].map((spec) => `    ${spec}`).join(" \\\n");
    const states = `  case $state in
  command) local -a commands=(${described.join(" ")}); _describe command commands ;;
  rest) (( $+functions[${zshName(path)}_$words[1]] )) && ${zshName(path)}_$words[1] ;;
  esac`;
    return `${zshName(path)}() {
  local state line
  local -A opt_args
  _arguments -C \\
${specs}
${next.length > 0 ? `${states}\n` : ""}}`;
  });
  return `#compdef weighbridge
# Completion of weighbridge in zsh. Made by: weighbridge completion zsh
${functions.join("\n")}
if [[ $funcstack[1] == _weighbridge ]]; then _weighbridge "$@"; else compdef _weighbridge weighbridge; fi
`;
}

const zshName = (path: string): string => ["_weighbridge", ...path.split(" ").filter(Boolean)].join("_");

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, next, options, arguments: taken }) => {
    const at = `complete -c weighbridge -n ${quoted(`__weighbridge_at ${quoted(path)}`)}`;
    const words = next.map(([word, summary]) => `${at} -f -a ${quoted(word)} -d ${quoted(summary)}`);
    const flags = options.map((option) => {
      const names = wordsOf(option).map((word) =>
        word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`,
      );
      return `${at} ${names.join(" ")}${fishValue(option)} -d ${quoted(option.words)}`;
    });
    const values = taken.map((one) => (one.choices ? `${at} -f -a ${quoted(one.choices.join(" "))}` : `${at} -F`));
    return [...words, ...flags, ...values];
  });
  const paths = places.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  return `# Completion of weighbridge in fish. Made by: weighbridge completion fish
function __weighbridge_at
    set -l path
    for word in (commandline -opc)[2..]
        set -l longer (string trim "$path $word")
        contains -- $longer ${paths.join(" ")}; and set path $longer
    end
    test "$path" = "$argv[1]"
end
complete -c weighbridge -f
${lines.join("\n")}
`;
}

function fishValue(option: OptionRow): string {
  if (!takesValue(option)) return "";
  const { choices, names } = option;
  return choices ? ` -x -a ${quoted(choices.join(" "))}` : names === undefined ? " -x" : " -r -F";
}

const SCRIPTS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = { bash, zsh, fish };
