import type { Config } from "../config/schema.ts";
import { answer } from "./answer.ts";
import { BridgeClient } from "./bridge-client.ts";
import type { JsonOption, PersonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Lets the running bridge poll now. Returns the exit code. */
export async function sync(config: Config, options: PersonOption & JsonOption, terminal: Terminal): Promise<number> {
  const { person } = options;
  const bridge = new BridgeClient(config);
  const asked = await bridge.request<{ readonly people: readonly string[] }>(
    "sync",
    person === undefined ? {} : { person },
  );
  answer(terminal, options, asked, `The bridge polls now for ${asked.people.join(", ")}.\n`);
  return 0;
}
