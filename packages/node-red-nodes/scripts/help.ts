import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CodeEntry, ERROR_CODES } from "../src/shared/error-codes.ts";
import { messageFields, type Properties } from "../src/shared/properties.ts";

export type Labels = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

const LOCALES = join(import.meta.dirname, "../src/locales");
/** English, German and French: wherever the words of the errors are. */
export const LANGUAGES: readonly string[] = readdirSync(LOCALES);

/** A label by its key, such as `label.limit`. */
export function labelAt(labels: Labels, key: string): string | undefined {
  const [group = "", ...rest] = key.split(".");
  const words = labels[group];
  return typeof words === "object" ? words[rest.join(".")] : undefined;
}

export interface HelpInput {
  /** Such as `withings-getmeas`. */
  readonly type: string;
  readonly language: string;
  /** Markdown, where `{{overrides}}`, `{{fields}}` and `{{errors}}` stand for what is derived. */
  readonly text: string;
  readonly properties: Properties;
  readonly labels: Labels;
}

/** A help page as Markdown. No list item holds a colon: Node-RED would take what stands between two of them for a term. */
export function helpOf(input: HelpInput): string {
  const derived: Readonly<Record<string, () => string>> = {
    overrides: () => messageFields(input.properties).map(code).join(", "),
    fields: () => fieldsOf(input),
    errors: () => errorsOf(input),
  };
  return input.text.trim().replace(/\{\{(\w+)\}\}/g, (_all, name: string) => {
    const made = derived[name];
    if (made === undefined) throw new Error(`${input.type}: the help in ${input.language} asks for "${name}"`);
    return made();
  });
}

const code = (text: string) => `\`${text}\``;

/** One item for each field of the form, in its order. */
function fieldsOf({ properties, labels, type, language }: HelpInput): string {
  const overridable = new Set(messageFields(properties));
  const shown = Object.entries(properties).filter(([, { kind }]) => kind !== "hidden");
  const items = shown.map(([name]) => {
    const text = labelAt(labels, `help.${name}`);
    if (text === undefined) throw new Error(`${type}: help.${name} is missing in ${language}`);
    const label = labelAt(labels, `label.${name}`) ?? NAME[language] ?? "Name";
    return `- **${label}**${overridable.has(name) ? ` ${code(name)}` : ""} – ${text}`;
  });
  return items.join("\n");
}

/** As Node-RED's own catalogues have it. */
const NAME: Readonly<Record<string, string>> = { en: "Name", de: "Name", fr: "Nom" };

/** One item for each code that the node can fail with. */
function errorsOf({ type, language }: HelpInput): string {
  const words = JSON.parse(readFileSync(join(LOCALES, language, "errors.json"), "utf8")) as Record<string, string>;
  const node = type.replace("withings-", "");
  const known = Object.entries(ERROR_CODES as Readonly<Record<string, CodeEntry>>).filter(
    ([, { nodes }]) => nodes === undefined || nodes.some((name) => name === node),
  );
  return known.map(([name]) => `- ${code(name)} – ${words[name]}`).join("\n");
}

/** The README's table: who must act, and the codes. */
export function errorTable(): string {
  const rows = Object.entries(ACTORS).map(([actor, words]) => {
    const codes = Object.entries(ERROR_CODES).filter(([, entry]) => entry.actor === actor);
    return `| ${words} | ${codes.map(([name]) => code(name)).join(", ")} |`;
  });
  return ["| must act | codes |", "|---|---|", ...rows].join("\n");
}

const ACTORS = {
  service: "nobody: try later",
  person: "the person",
  operator: "the operator of Node-RED",
  caller: "the author of the flow",
} as const;
