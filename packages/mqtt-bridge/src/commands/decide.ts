import type { HeldAnswer } from "../admin/contract.ts";
import type { Config } from "../config/schema.ts";
import { answer } from "./answer.ts";
import { BridgeClient, BridgeError } from "./bridge-client.ts";
import type { JsonOption, PersonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export interface DecideOptions extends PersonOption, JsonOption {}

interface Decided {
  readonly person: string;
  readonly weigh_in: number;
  readonly verdict: string;
}

/** Claims or refuses a held weigh-in through the running bridge. Returns the exit code. */
export async function decide(
  config: Config,
  { verdict, weighIn }: { readonly verdict: "claim" | "refuse"; readonly weighIn: number },
  options: DecideOptions,
  terminal: Terminal,
): Promise<number> {
  const bridge = new BridgeClient(config);
  const person = options.person ?? (await holderOf(bridge, weighIn));
  const decided = await bridge.request<Decided>(verdict, { person, weigh_in: weighIn });
  const words = verdict === "claim" ? "counts for" : "is not of";
  answer(terminal, options, decided, `Weigh-in ${decided.weigh_in} ${words} ${decided.person}.\n`);
  return 0;
}

/** The person whom the API gave a held weigh-in to. */
async function holderOf(bridge: BridgeClient, weighIn: number): Promise<string> {
  const { weigh_ins: held } = await bridge.get<HeldAnswer>("/api/held");
  const found = held.find(({ weigh_in }) => weigh_in === weighIn);
  if (found) return found.person;
  throw new BridgeError(`no weigh-in ${weighIn} waits for a decision`, {
    code: "unknown_weigh_in",
    remedy: "weighbridge weigh-ins --held lists those that wait; with --person an earlier decision can be changed.",
  });
}
