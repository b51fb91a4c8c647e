import type { StatusAnswer, StatusPerson } from "../admin/contract.ts";
import type { Config } from "../config/schema.ts";
import { answer } from "./answer.ts";
import { BridgeClient } from "./bridge-client.ts";
import type { JsonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Shows how the running bridge and its people stand. Returns the exit code: 0 where nothing is wrong. */
export async function status(config: Config, options: JsonOption, terminal: Terminal): Promise<number> {
  const found = await new BridgeClient(config).get<StatusAnswer>("/api/status");
  answer(terminal, options, found, wordsOf(found));
  return found.problems.length === 0 && found.broker === "online" ? 0 : 1;
}

function wordsOf({ version, broker, started_at, has_callback, info, people, problems }: StatusAnswer): string {
  const { owed, parked } = info.waiting;
  const lines = [
    `Weighbridge ${version}, since ${shown(started_at)}`,
    `${broker === "online" ? "✓" : "✗"} broker ${broker}${owed > 0 ? `, ${owed} events wait` : ""}${parked > 0 ? `, ${parked} were refused` : ""}`,
    has_callback ? "✓ the API calls this machine" : "· polls only: no callback is configured",
    ...people.map(personLine),
    ...problems.flatMap(({ person, part, message, remedy }) => [
      `✗ ${person ?? "bridge"}, ${part}: ${message}`,
      `    ${remedy}`,
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function personLine({
  name,
  slug,
  weight_unit,
  state,
  last_weigh_in,
  status: { next_poll },
  held,
}: StatusPerson): string {
  const weight = (state as Readonly<Record<string, unknown>> | null)?.["weight"];
  const last =
    last_weigh_in?.weigh_in == null
      ? "no weigh-in yet"
      : `${weight} ${weight_unit} at ${shown(last_weigh_in.measured_at)}`;
  const waits = held === 0 ? "" : `, ${held} held: weighbridge weigh-ins --held`;
  return `· ${name} (${slug}): ${last}${next_poll === null ? "" : `, next poll ${shown(next_poll)}`}${waits}`;
}

const shown = (time: string) => time.replace("T", " ").replace(/(\.000)?Z$/, "");
