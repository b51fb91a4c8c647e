import { type Clock, type Grant, type PublicClient, systemClock } from "@weighbridge/core";
import { publicClientOf } from "../accounts/public-client.ts";
import { authorize as lead, type Newcomer } from "../authorize/authorize.ts";
import type { Config, PersonConfig } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { openGrants } from "../grants/grants.ts";
import { chosen } from "./chosen.ts";
import type { Terminal } from "./terminal.ts";

export interface AuthorizeOptions {
  /** The slug; may be left out where one person alone has an account of today's API. */
  readonly person: string | undefined;
  readonly isBrowserOpened: boolean;
  readonly isDemo: boolean;
}

/** Leads a person through the consent page. Returns the exit code. */
export async function authorize(config: Config, options: AuthorizeOptions, terminal: Terminal): Promise<number> {
  const { account, person } = chosen(config, options.person);
  const clock = systemClock;
  const tokens = openGrants(config.state_dir, clock);
  const client = publicClientOf(account, { tokens, clock, version: VERSION });
  const lines = terminal.lines();
  const isDone = await lead({
    ...{ account, person, tokens, clock, lines },
    client: { ...client, newcomer: (grant) => newcomerOf(client, person, grant, clock) },
    isDemo: options.isDemo,
    print: terminal.print,
    openBrowser: options.isBrowserOpened ? openBrowser : undefined,
    stopRequested: terminal.stopRequested,
  }).finally(() => lines.close());
  if (isDone) terminal.print("A bridge that runs takes it up within seconds; otherwise: weighbridge run\n");
  return isDone ? 0 : 1;
}

const DAY_S = 86_400;

async function newcomerOf(client: PublicClient, { slug }: PersonConfig, grant: Grant, clock: Clock): Promise<Newcomer> {
  const person = client.person(slug, grant.userId);
  const devices = await person.devices();
  const now = Math.floor(clock.now() / 1000);
  let last: Newcomer["last"];
  for await (const { groups } of person.measureGroups({ from: now - 90 * DAY_S, to: now + DAY_S }))
    for (const { measuredAt, measures } of groups) {
      const weight = measures.find(({ type }) => type === "weight");
      if (weight && measuredAt > (last?.measuredAt ?? 0)) last = { kilograms: weight.value, measuredAt };
    }
  return { devices: devices.map(({ model, lastContactAt }) => ({ name: model, lastContactAt })), last };
}

/** Opens the system's browser. That there is none is no failure: the link is printed. */
function openBrowser(url: string): void {
  // The field's choice: knows every system's way to open a URL.
  void import("open")
    .then(({ default: open }) => open(url))
    .then((child) => child.on("error", () => {}))
    .catch(() => {});
}
