import { command, JSON_OPTION, type JsonOption, type OptionRow } from "../command.ts";
import type { DecideOptions } from "../decide.ts";
import type { SubscriptionOptions } from "../subscriptions.ts";
import type { SyncOptions } from "../sync.ts";
import { positive } from "../values.ts";

const ONE: OptionRow = { flags: "--person <slug>", words: "this person alone; everybody without it" };
const HOLDER: OptionRow = { flags: "--person <slug>", words: "whose it is asked of; found by itself while it waits" };

const verdict = (name: "claim" | "refuse", summary: string, example: string) =>
  command<DecideOptions>({
    ...{ name, summary, group: "The running bridge:" },
    more: "weighbridge weigh-ins --held lists what waits. The decision can be changed later, with --person.",
    arguments: [{ name: "<weigh-in>", words: "its number", parse: positive }],
    options: [HOLDER, JSON_OPTION],
    examples: [
      [`${name} 105947`, example],
      [`${name} 105947 --person ada`, "decide anew about one that was decided before"],
    ],
    async start({ args: [weighIn], options, config, terminal }) {
      const { decide } = await import("../decide.ts");
      return decide(await config(), { verdict: name, weighIn: Number(weighIn) }, options, terminal);
    },
  });

const subscriptions = (action: "list" | "check" | "renew" | "end", summary: string, more: string, example: string) =>
  command<SubscriptionOptions>({
    ...{ name: `subscriptions ${action}`, summary, more, group: "The running bridge:" },
    options: [ONE, JSON_OPTION],
    examples: [
      [`subscriptions ${action}`, example],
      [`subscriptions ${action} --person ada`, "for Ada alone"],
    ],
    async start({ options, config, terminal }) {
      const module = await import("../subscriptions.ts");
      const {
        listSubscriptions: list,
        checkSubscriptions: check,
        renewSubscriptions: renew,
        endSubscriptions: end,
      } = module;
      return { list, check, renew, end }[action](await config(), options, terminal);
    },
  });

/** Commands that ask the running bridge, which alone writes its state. */
export const RUNNING = [
  command<JsonOption>({
    name: "status",
    group: "The running bridge:",
    summary: "Show how the bridge and its people stand, and what to do",
    more: "Ends with 1 where something is wrong.",
    options: [JSON_OPTION],
    examples: [
      ["status", "broker, people, problems with remedies"],
      ["status --json | jq .problems", "problems, for a script"],
    ],
    async start({ options, config, terminal }) {
      const { status } = await import("../status.ts");
      return status(await config(), options, terminal);
    },
  }),
  command<SyncOptions>({
    name: "sync",
    group: "The running bridge:",
    summary: "Let the bridge poll now, and show what came",
    more: "Waits for the end of the polls: the API takes the same call every 12 s at most. Ends with 1 where one failed.",
    options: [ONE, { flags: "--no-wait", words: "do not wait for the polls" }, JSON_OPTION],
    examples: [
      ["sync", "for everybody"],
      ["sync --person ada", "for Ada alone"],
    ],
    async start({ options, config, terminal }) {
      const { sync } = await import("../sync.ts");
      return sync(await config(), options, terminal);
    },
  }),
  verdict("claim", "Say that a held weigh-in is this person's", "it counts: an event is sent, and the state changes"),
  verdict("refuse", "Say that a held weigh-in is not this person's", "it counts for nobody here"),
  subscriptions(
    "list",
    "Show how the API's notifications stand",
    "Ends with 1 where one failed.",
    "everybody's, with what to do",
  ),
  subscriptions(
    "check",
    "Let the bridge look after its subscriptions now",
    "It makes what is missing, and renews what ends within a week.",
    "look after everybody's",
  ),
  subscriptions(
    "renew",
    "Subscribe once more at the API",
    "For a subscription that the API lost without a word. The bridge must run: the API calls it.",
    "renew everybody's",
  ),
  subscriptions(
    "end",
    "End the bridge's subscriptions at the API",
    "Stop the bridge first: it would subscribe again. Those of other programs stay.",
    "end everybody's",
  ),
];
