import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { isoTime, measureTypes, type PastReading } from "@weighbridge/core";
import type { Config } from "../config/schema.ts";
import { ConfigError } from "../errors.ts";
import type { PersonOption } from "./command.ts";
import { type Past, type ReadPerson, readingsIn, withPast } from "./past.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { type SpanOptions, spanOf } from "./values.ts";

export interface ExportOptions extends PersonOption, SpanOptions {
  readonly format: "csv" | "jsonl";
  readonly output?: string;
  readonly force?: boolean;
}

/** Takes text in turn; false where nobody reads on. */
type Write = (text: string) => Promise<boolean>;

/** Writes the whole history, ascending for each person, in SI units and exact in decimal. Returns the exit code. */
export async function exportHistory(config: Config, options: ExportOptions, terminal: Terminal): Promise<number> {
  const target = options.output === undefined ? undefined : await fileTarget(options.output, options.force === true);
  const write = target?.write ?? terminal.write;
  const progress = new Progress(terminal, (done) => `${done.toLocaleString("en")} measurements`);
  try {
    const count = await withPast(config, options.person, (past) =>
      WRITERS[options.format](past, options, write, progress),
    );
    progress.end();
    if (options.output !== undefined)
      terminal.note(`${count.toLocaleString("en")} measurements are in ${options.output}.\n`);
    return 0;
  } finally {
    await target?.close();
  }
}

async function fileTarget(file: string, mayReplace: boolean): Promise<{ write: Write; close(): Promise<void> }> {
  const stream = createWriteStream(file, { flags: mayReplace ? "w" : "wx", mode: 0o600 });
  try {
    await once(stream, "open");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const words = code === "EEXIST" ? "is there already" : `cannot be written: ${code}`;
    throw new ConfigError(`${file} ${words}`, {
      code: "config_usage",
      remedy: "Give another --output, or --force to replace it.",
    });
  }
  const failed = once(stream, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  return {
    write: (text) => Promise.race([failed, new Promise<boolean>((resolve) => stream.write(text, () => resolve(true)))]),
    close: async () => {
      stream.end();
      await Promise.race([failed, once(stream, "close")]);
    },
  };
}

type Writer = (past: Past, options: ExportOptions, write: Write, progress: Progress) => Promise<number>;

async function* everything(
  { people, store }: Past,
  options: ExportOptions,
): AsyncGenerator<readonly [ReadPerson, readonly PastReading[]]> {
  for (const person of people)
    for await (const readings of readingsIn(person, spanOf(options), store)) yield [person, readings];
}

async function asLines(past: Past, options: ExportOptions, write: Write, progress: Progress): Promise<number> {
  let count = 0;
  for await (const [{ config }, readings] of everything(past, options)) {
    const lines = readings.map(
      (reading) =>
        `${JSON.stringify({ ...factsOf(config.slug, reading), ...(reading.comment !== undefined && { comment: reading.comment }), values: reading.values })}\n`,
    );
    count += lines.length;
    if (lines.length > 0 && !(await write(lines.join("")))) return count;
    progress.at(count);
  }
  return count;
}

/** Reads twice: the columns stand in the first line. */
async function asCsv(past: Past, options: ExportOptions, write: Write, progress: Progress): Promise<number> {
  const found = new Set<string>();
  for await (const [, readings] of everything(past, options))
    for (const { values } of readings) for (const key of Object.keys(values)) found.add(key);
  const keys = inTableOrder(found);
  let count = 0;
  if (!(await write(`${[...FACTS, ...keys, "comment"].join(",")}\r\n`))) return count;
  for await (const [{ config }, readings] of everything(past, options)) {
    const lines = readings.map((reading) => {
      const facts = Object.values(factsOf(config.slug, reading));
      const values = keys.map((key) => reading.values[key] ?? "");
      return `${[...facts, ...values, reading.comment ?? ""].map(cell).join(",")}\r\n`;
    });
    count += lines.length;
    if (lines.length > 0 && !(await write(lines.join("")))) return count;
    progress.at(count);
  }
  return count;
}

const FACTS = ["person", "kind", "id", "measured_at", "attribution", "counts"] as const;

const factsOf = (person: string, { kind, id, measuredAt, attribution, standing, verdict }: PastReading) => ({
  person,
  kind,
  id,
  measured_at: isoTime(measuredAt),
  attribution: attribution.name,
  // Held and refused ones are part of the history, and of no state.
  counts: standing === "accepted" ? "yes" : standing === "held" ? "held" : verdict === "refused" ? "refused" : "no",
});

/** The weight first, then what else the table knows, then the rest. */
function inTableOrder(keys: ReadonlySet<string>): string[] {
  const order = new Map([...measureTypes.values()].map(({ id }, index) => [id, index]));
  const rank = (key: string) => (key === "weight" ? -1 : (order.get(key) ?? order.size));
  return [...keys].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** RFC 4180. */
const cell = (value: string | number): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const WRITERS: Readonly<Record<ExportOptions["format"], Writer>> = { csv: asCsv, jsonl: asLines };
