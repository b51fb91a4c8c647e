import type { SyncHead, SyncLine } from "../admin/contract.ts";
import type { Config } from "../config/schema.ts";
import { answer } from "./answer.ts";
import { BridgeClient, BridgeError } from "./bridge-client.ts";
import type { JsonOption, PersonOption } from "./command.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

export interface SyncOptions extends PersonOption, JsonOption {
  /** False with `--no-wait`. */
  readonly wait?: boolean;
}

/** Lets the running bridge poll now, and shows what came of it. Returns the exit code: 1 where a poll failed. */
export async function sync(config: Config, options: SyncOptions, terminal: Terminal): Promise<number> {
  const bridge = new BridgeClient(config);
  const whom = options.person === undefined ? {} : { person: options.person };
  if (options.wait === false) {
    const asked = await bridge.request<SyncHead>("sync", whom);
    answer(terminal, options, asked, `The bridge polls now for ${asked.people.join(", ")}.\n`);
    return 0;
  }
  const { people, results } = await polled(bridge, whom, terminal);
  answer(terminal, options, { people, results }, results.map(wordsOf).join(""));
  return results.some(({ error }) => error !== null) ? 1 : 0;
}

interface Polled extends SyncHead {
  readonly results: readonly SyncLine[];
}

/** Throws a BridgeError where the bridge ends before all polls have, or somebody stops the command. */
async function polled(bridge: BridgeClient, whom: object, terminal: Terminal): Promise<Polled> {
  let people: readonly string[] = [];
  const results: SyncLine[] = [];
  const progress = new Progress(terminal, (done) => `Polled ${done} of ${people.length}`);
  for await (const line of bridge.lines<SyncHead | SyncLine>("/api/sync", whom, terminal.stopRequested)) {
    if (line !== undefined && "people" in line) people = line.people;
    else if (line !== undefined) results.push(line);
    progress.at(results.length);
  }
  progress.end();
  if (results.length === people.length) return { people, results };
  throw new BridgeError(`the polls of ${people.length - results.length} people were not waited for`, {
    code: "not_waited_for",
    remedy: "They go on while the bridge runs: weighbridge status shows how it stands.",
  });
}

function wordsOf({ person, events, error, again_in_s }: SyncLine): string {
  const news = (events as readonly Told[]).map((event) => `  ${eventWords(event)}\n`).join("");
  if (error === null) return events.length === 0 ? `✓ ${person}: nothing new\n` : `✓ ${person}:\n${news}`;
  const again = again_in_s === null ? "" : ` The bridge tries again in ${again_in_s} s.`;
  return `✗ ${person}: ${error.message}\n    ${error.remedy}${again}\n${news}`;
}

/** Keys of an event's document that its words are made of. */
interface Told {
  readonly event_type: string;
  readonly weigh_in: number | null;
  readonly measured_at: string;
  readonly unit: string;
  readonly weight?: number;
  readonly change?: number | null;
}

const KINDS: Readonly<Record<string, string>> = {
  weigh_in: "weigh-in",
  weigh_in_updated: "weigh-in corrected",
  weigh_in_deleted: "weigh-in deleted",
  weigh_in_ambiguous: "weigh-in that may be somebody else's",
  measurement: "measurement",
  target_set: "target set",
  profile_updated: "profile changed",
};

function eventWords({ event_type, weigh_in, measured_at, unit, weight, change }: Told): string {
  const what = KINDS[event_type] ?? event_type;
  if (weight === undefined) return what;
  const since = typeof change === "number" ? ` (${change < 0 ? "" : "+"}${change} ${unit})` : "";
  const ask = event_type === "weigh_in_ambiguous" ? `: weighbridge claim ${weigh_in}, or refuse ${weigh_in}` : "";
  return `${what}, ${weight} ${unit}${since} at ${measured_at.replace("T", " ").replace(/(\.000)?Z$/, "")}${ask}`;
}
