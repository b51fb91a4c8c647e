import type { ListedWeighIn } from "../admin/contract.ts";
import { type PastPerson, type Span, weighInsOf } from "../admin/history.ts";
import type { Config, PersonConfig } from "../config/schema.ts";
import { LIMITS } from "../limits.ts";
import { answer } from "./answer.ts";
import type { JsonOption, PersonOption } from "./command.ts";
import { withPast } from "./past.ts";
import type { Terminal } from "./terminal.ts";
import { type SpanOptions, spanOf } from "./values.ts";

export interface WeighInsOptions extends PersonOption, SpanOptions, JsonOption {
  readonly held?: boolean;
  readonly limit?: number;
}

interface Row extends ListedWeighIn {
  readonly person: string;
  readonly unit: PersonConfig["weight_unit"];
}

const USUAL = 20;

/** Lists weigh-ins of everybody or of one person, the newest first. Returns the exit code. */
export async function listWeighIns(config: Config, options: WeighInsOptions, terminal: Terminal): Promise<number> {
  const { person, held: isHeld = false, limit = USUAL } = options;
  const rows = await withPast(config, person, async ({ people }) => {
    const all: Row[] = [];
    for (const one of people) {
      const { slug, weight_unit: unit } = one.config;
      const found = await newest(one, spanOf(options), { limit, isHeld });
      all.push(...found.map((weighIn) => ({ person: slug, unit, ...weighIn })));
    }
    return all.sort((a, b) => b.measured_at.localeCompare(a.measured_at)).slice(0, limit);
  });
  answer(terminal, options, { weigh_ins: rows }, rows.length === 0 ? nothing(options) : tableOf(rows));
  return 0;
}

/** As many as wanted, page by page. */
async function newest(
  person: PastPerson,
  span: Span,
  { limit, isHeld }: { readonly limit: number; readonly isHeld: boolean },
) {
  const found: ListedWeighIn[] = [];
  let { to } = span;
  while (found.length < limit) {
    const asked = Math.min(limit - found.length, LIMITS.weighInsListed);
    const { weigh_ins: page, more } = await weighInsOf(person, { from: span.from, to, limit: asked, isHeld });
    found.push(...page);
    const last = page.at(-1);
    if (!more || last === undefined) break;
    to = Date.parse(last.measured_at) / 1000 - 1;
  }
  return found.slice(0, limit);
}

const nothing = ({ held }: WeighInsOptions) =>
  held === true ? "No weigh-in waits for claim or refuse.\n" : "There is no weigh-in of these people in this time.\n";

const HEAD = ["measured at", "person", "weight", "", "fat %", "weigh-in", ""];

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ measured_at, person, weight, unit, values, weigh_in, held, verdict }) => [
    measured_at.replace("T", " ").replace(/(\.000)?Z$/, ""),
    ...[person, String(weight), unit, String(values["fat_ratio"] ?? ""), String(weigh_in)],
    held ? "held: claim or refuse" : (verdict ?? ""),
  ]);
  const widths = HEAD.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 2 || column === 4 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return `${[HEAD, ...lines].map(lineOf).join("\n")}\n`;
}
