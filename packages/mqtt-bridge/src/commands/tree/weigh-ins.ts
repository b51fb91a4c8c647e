import { command, JSON_OPTION, type JsonOption, type OptionRow, type PersonOption } from "../command.ts";
import type { ExportOptions } from "../export.ts";
import { positive, SPAN_OPTIONS } from "../values.ts";
import type { WeighInsOptions } from "../weigh-ins.ts";

const ONE: OptionRow = { flags: "--person <slug>", words: "of this person alone" };

interface HistoryGiven extends JsonOption, PersonOption {
  readonly homeAssistant?: string;
  readonly tokenFile?: string;
}

/** Commands that read the stored history. */
export const WEIGH_INS = [
  command<WeighInsOptions>({
    name: "weigh-ins",
    group: "Weigh-ins:",
    summary: "List weigh-ins, the newest first",
    more: "Reads what is stored beside a bridge that runs. Masses are in the person's unit, times in UTC.",
    options: [
      ONE,
      ...SPAN_OPTIONS,
      { flags: "--held", words: "only those that wait for claim or refuse" },
      { flags: "--limit <number>", words: "at most so many; 20 without it", parse: positive },
      JSON_OPTION,
    ],
    examples: [
      ["weigh-ins --person ada", "the last 20 of Ada"],
      ["weigh-ins --held", "those that may be somebody else's"],
      ["weigh-ins --from 2026-11-01 --to 2026-11-30 --limit 1000 --json", "a month, for a script"],
    ],
    async start({ options, config, terminal }) {
      const { listWeighIns } = await import("../weigh-ins.ts");
      return listWeighIns(await config(), options, terminal);
    },
  }),
  command<ExportOptions>({
    name: "export",
    group: "Weigh-ins:",
    summary: "Write the whole history as CSV or JSON lines",
    more: "Exact as it came, in SI units (kg), the oldest first; held and refused weigh-ins are marked. However long it is, it takes the same memory, and a bridge that runs goes on.",
    options: [
      {
        flags: "--format <format>",
        words: "csv, or jsonl: one JSON document a line",
        choices: ["csv", "jsonl"],
        preset: "csv",
      },
      { flags: "--output <file>", words: "a file, in place of standard output", names: "file" },
      { flags: "--force", words: "replace the file" },
      ONE,
      ...SPAN_OPTIONS,
    ],
    examples: [
      ["export > weights.csv", "everybody's history as a table"],
      ["export --person ada --format jsonl | jq .values.weight", "Ada's weights, one a line"],
    ],
    async start({ options, config, terminal }) {
      const { exportHistory } = await import("../export.ts");
      return exportHistory(await config(), options, terminal);
    },
  }),
  command<HistoryGiven>({
    name: "history",
    group: "Weigh-ins:",
    summary: "Put the stored history into Home Assistant's long-term statistics",
    more: "For what was measured before the sensors existed. A second run changes nothing.",
    options: [
      { flags: "--home-assistant <url>", words: "Home Assistant's address" },
      { flags: "--token-file <file>", words: "a file with a long-lived access token", names: "file" },
      ONE,
      JSON_OPTION,
    ],
    examples: [
      ["history --home-assistant http://homeassistant.local:8123 --token-file token.txt", "everybody's history"],
    ],
    async start({ options, config, terminal }) {
      const { homeAssistant, tokenFile, person, json } = options;
      const { history } = await import("../history.ts");
      return history(await config(), { homeAssistant, tokenFile, person, isJson: json === true }, terminal);
    },
  }),
];
