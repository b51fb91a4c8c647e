import { readFileSync } from "node:fs";
import { type Actor, ERROR_CODES as CORE_CODES, type ErrorCode, entryOf } from "../packages/core/src/error-codes.ts";
import { statusEntry } from "../packages/core/src/public/statuses.ts";
import { STATUSES } from "../packages/core/src/wbs/statuses.ts";
import {
  CONFIG_ERROR_CODES,
  HOME_ASSISTANT_ERROR_CODES,
  STORE_ERROR_CODES,
} from "../packages/mqtt-bridge/src/errors.ts";
import { REQUEST_ERROR_CODES } from "../packages/mqtt-bridge/src/messages/requests.ts";
import { ERROR_CODES as NODE_CODES } from "../packages/node-red-nodes/src/shared/error-codes.ts";
import { BRIDGE_WORDS, CAUSES, NODE_REMEDIES } from "./error-words.ts";

interface Row {
  readonly code: string;
  readonly actor: Actor;
  readonly means: string;
  readonly remedy: string;
  readonly where: string;
}

const WORDS_FILE = new URL("../packages/node-red-nodes/src/locales/en/errors.json", import.meta.url);
/** What a code means, and what to do in Node-RED. */
const NODE_WORDS = JSON.parse(readFileSync(WORDS_FILE, "utf8")) as Readonly<Record<string, string>>;

/** The first sentence, and the others. */
function sentences(text: string): readonly [string, string] {
  const [, first = text, rest = ""] = /^(.*?\.)\s+(.*)$/s.exec(text) ?? [];
  return [first, rest];
}

const MOST_STATUSES = 4;
const LAST_STATUS = 10_000;

/** The numbers by which the API says it; none for the codes of whole families. */
function statusesOf(code: string): string {
  const original = Object.entries(STATUSES).flatMap(([status, entry]) => (entry.code === code ? [Number(status)] : []));
  const today = Array.from({ length: LAST_STATUS }, (_, index) => index + 1).filter(
    (status) => statusEntry(status).code === code,
  );
  const all = [...new Set(today.length > MOST_STATUSES ? original : [...original, ...today])].toSorted((a, b) => a - b);
  return all.length === 0 ? "" : ` API status ${all.join(", ")}.`;
}

/** Today's API has words of its own for some codes. */
function remedyOf(code: string): string {
  for (let status = 1; status <= LAST_STATUS; status++) {
    const entry = statusEntry(status);
    if (entry.code === code && entry.remedy !== undefined) return entry.remedy;
  }
  return entryOf(code as ErrorCode).remedy;
}

const coreRows = (): Row[] =>
  Object.entries(CORE_CODES).map(([code, { actor }]) => {
    const [means] = sentences(NODE_WORDS[code] ?? "");
    const cause = (CAUSES as Readonly<Record<string, string>>)[code];
    const words = [means, cause].filter((text) => text !== undefined && text !== "").join(" ");
    return { code, actor, means: `${words}${statusesOf(code)}`, remedy: remedyOf(code), where: "everywhere" };
  });

const nodeRows = (): Row[] =>
  Object.entries(NODE_CODES)
    .filter(([code]) => !Object.hasOwn(CORE_CODES, code))
    .map(([code, { actor }]) => {
      const words = NODE_WORDS[code] ?? "";
      const remedy = (NODE_REMEDIES as Readonly<Record<string, string>>)[code];
      const [means, rest] = sentences(words);
      return { code, actor, means: remedy ? words : means, remedy: remedy ?? rest, where: "Node-RED" };
    });

function bridgeRows(): Row[] {
  const row = (where: string, actor: Actor) => (code: keyof typeof BRIDGE_WORDS) => {
    const { means, cause, remedy } = BRIDGE_WORDS[code];
    return { code, actor, means: `${means} ${cause}`, remedy, where };
  };
  return [
    ...[...CONFIG_ERROR_CODES, ...STORE_ERROR_CODES, ...HOME_ASSISTANT_ERROR_CODES].map(row("bridge", "operator")),
    ...([...REQUEST_ERROR_CODES, "failed"] as const).map(row("MQTT request", "caller")),
  ];
}

const HEADINGS = {
  operator: "Codes that you mend: settings and this machine",
  person: "Codes that the person mends: account and consent",
  service: "Codes that pass: the service",
  caller: "Codes for whoever makes the call: a flow, a script, a request",
} as const satisfies Record<Actor, string>;

const MARK = /(<!-- codes:[^>]*-->\n)[\s\S]*(<!-- codes end -->)/;

const cell = (text: string) => text.replaceAll("|", "\\|");

/** Tables of all codes of the product, by who must act. */
export function errorTables(): string {
  const rows = [...coreRows(), ...nodeRows(), ...bridgeRows()].toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const sections = Object.entries(HEADINGS).map(([actor, heading]) => {
    const lines = rows
      .filter((row) => row.actor === actor)
      .map(({ code, means, remedy, where }) => `| \`${code}\` | ${cell(means)} | ${cell(remedy)} | ${where} |`);
    return [
      `## ${heading}`,
      "",
      "| code | what it means, and why | what to do | where |",
      "|---|---|---|---|",
      ...lines,
    ].join("\n");
  });
  return sections.join("\n\n");
}

/** The page with its tables made anew. */
export function withTables(page: string): string {
  if (!MARK.test(page)) throw new Error("the page has no place for the codes");
  return page.replace(MARK, (_all, begin: string, end: string) => `${begin}\n${errorTables()}\n\n${end}`);
}
