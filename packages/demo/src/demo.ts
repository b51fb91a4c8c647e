import { systemClock } from "@weighbridge/core";
import { createLog, prettyWriter } from "@weighbridge/mqtt-bridge";
import type { LogEntry } from "@weighbridge/simulator";
import { type Api, EVERYBODY, type Stage, setStage } from "./stage.ts";
import type { Terminal } from "./terminal.ts";

export interface DemoOptions {
  readonly api: Api;
  /** One weigh-in, then end. */
  readonly once: boolean;
  /** With `once`: one line of JSON. */
  readonly json: boolean;
}

const WEIGH_IN = { weight: 68.45, fatRatio: 22.4 } as const;
const LIMIT_MS = 20_000;

/** Messages that the broker's subscriber received. */
interface Arrived {
  readonly event: Record<string, unknown>;
  readonly state: Record<string, unknown>;
  readonly topics: readonly string[];
  /** From the moment at which the cloud sent its callback to the event at the subscriber. */
  readonly callbackToSubscriberMs: number;
}

/** The whole thing on this machine. Gives the exit code: with `once`, 0 only if the callback, the event and the state arrived. */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  // Standard output holds the story; warnings and errors go to standard error.
  const toStderr = (text: string) => void process.stderr.write(text);
  const isTerminal = process.stderr.isTTY === true;
  const log = createLog(
    "warn",
    isTerminal ? await prettyWriter(toStderr, { isColored: true }) : toStderr,
    terminal.now,
  );
  if (!options.json) terminal.print("Starting a simulated Withings cloud, a broker and the bridge …\n\n");
  const stage = await setStage(log, {
    api: options.api,
    onAnyPort: options.once,
    awaited: options.once ? ["Ada"] : EVERYBODY,
  });
  try {
    return options.once ? await showOnce(stage, options, terminal) : await keepShowing(stage, terminal);
  } finally {
    await stage.stop();
  }
}

/** Gives the exit code. */
export async function showOnce(
  stage: Stage,
  { json }: Pick<DemoOptions, "json">,
  terminal: Terminal,
  limitMs = LIMIT_MS,
): Promise<number> {
  const story = new Story(json ? () => {} : terminal.print, terminal.now);
  if (!json) terminal.print(introduction(stage));
  const giveUp = new AbortController();
  const late = systemClock.sleep(limitMs, giveUp.signal).then(() => undefined);
  const arrived = await Promise.race([story.weighIn(stage), late, terminal.stopRequested.then(() => undefined)]);
  giveUp.abort();
  late.catch(() => {});
  if (arrived === undefined) {
    const reason = `within ${limitMs / 1000} s ${story.missing}`;
    const remedy = "It needs nothing but this machine, so this is a fault of Weighbridge: please report it.";
    terminal.print(json ? `${JSON.stringify({ ok: false, reason, remedy })}\n` : `\nIt failed: ${reason}. ${remedy}\n`);
    return 1;
  }
  const { event, state, topics, callbackToSubscriberMs } = arrived;
  const line = { ok: true, callback_to_subscriber_ms: callbackToSubscriberMs, event, state, topics };
  if (json) terminal.print(`${JSON.stringify(line)}\n`);
  return 0;
}

async function keepShowing(stage: Stage, terminal: Terminal): Promise<number> {
  const story = new Story(terminal.print, terminal.now);
  terminal.print(introduction(stage));
  await story.weighIn(stage);
  terminal.print("\nNow it is your turn: open the virtual scale. Ctrl+C ends the demo.\n");
  await terminal.stopRequested;
  terminal.print("\nEnding.\n");
  return 0;
}

const introduction = ({ simulator, brokerUrl, callbackUrl, statusPage, consentPage }: Stage) =>
  [
    ...(consentPage === undefined
      ? []
      : [
          `  Consent page   ${consentPage}`,
          "                 where Ada and Ben have allowed the bridge to read their data",
        ]),
    `  Virtual scale  ${simulator.pageUrl}   a page in the browser, to step on`,
    `  Status page    ${statusPage}   people, their history, what happened`,
    `  MQTT broker    ${brokerUrl}   subscribe to weighbridge/# with any client (MQTT 3.1.1)`,
    `  Callback       ${callbackUrl}   where the cloud notifies the bridge of changes`,
    "",
  ].join("\n");

/** Prints in plain words what the simulator and the broker's subscriber see, causes before effects. */
class Story {
  readonly #print: (text: string) => void;
  readonly #now: () => number;
  /** Lines that wait for the callback which caused them: it is known only once it was answered. */
  #held: string[] | undefined;
  #hasCallback = false;

  constructor(print: (text: string) => void, now: () => number) {
    this.#print = print;
    this.#now = now;
  }

  /** The step that did not happen, for the message of a failure. */
  get missing(): string {
    return this.#hasCallback ? "the event and the state did not both arrive" : "no callback reached the bridge";
  }

  /** Ada steps on; resolves when the cloud's callback was taken, and her event and new state came out at the other end. */
  async weighIn({ simulator, ada, subscriber }: Stage): Promise<Arrived> {
    await subscriber.subscribeAsync("weighbridge/people/+/weigh_in", { qos: 2 });
    await subscriber.subscribeAsync("weighbridge/people/#", { qos: 1 });
    const sent = new Promise<number>((resolve) => {
      simulator.listen((entry) => {
        this.#happened(entry);
        const isTaken = entry.kind === "callback" && !entry.isProbe && entry.answer === 200;
        if (isTaken && entry.person === ada.name) resolve(entry.at - entry.tookMs);
      });
    });
    const topics: string[] = [];
    const arrived = new Promise<Omit<Arrived, "callbackToSubscriberMs"> & { readonly at: number }>((resolve) => {
      let state: Record<string, unknown> = {};
      let event: { readonly document: Record<string, unknown>; readonly at: number } | undefined;
      subscriber.on("message", (topic, payload, { retain }) => {
        // A retained message is from before the weigh-in.
        if (retain) return;
        this.#published(topic, payload.toString());
        topics.push(topic);
        const document = documentIn(payload.toString());
        if (topic === "weighbridge/people/ada/state") state = document;
        if (topic === "weighbridge/people/ada/weigh_in") event = { document, at: this.#now() };
        // The demo's broker keeps no order between messages of different quality of service.
        if (event === undefined || state["weight"] !== WEIGH_IN.weight) return;
        resolve({ event: event.document, state, topics, at: event.at });
      });
    });
    this.#held = [];
    ada.weighsIn(WEIGH_IN);
    const [sentAt, { at, ...result }] = await Promise.all([sent, arrived]);
    const callbackToSubscriberMs = Math.max(0, at - sentAt);
    this.#print(`\nFrom the callback to the subscriber it took ${callbackToSubscriberMs} ms.\n`);
    return { ...result, callbackToSubscriberMs };
  }

  #happened(entry: LogEntry): void {
    if (entry.kind === "deed") this.#print(`\n● ${entry.words}\n`);
    if (entry.kind === "callback" && !entry.isProbe) {
      const answer = entry.answer === null ? "nobody answered" : `answered ${entry.answer} in ${entry.tookMs} ms`;
      this.#hasCallback ||= entry.answer === 200;
      this.#print(`→ The cloud notifies the bridge: something of ${entry.person} changed (POST, ${answer})\n`);
      for (const text of this.#held ?? []) this.#print(text);
      this.#held = undefined;
    }
    if (entry.kind === "call" && entry.action === "getmeas") {
      const { status, reason } = entry;
      const outcome = status === 0 ? "" : `, and is refused: status ${status}${reason ? `, ${reason}` : ""}`;
      this.#show(`← The bridge fetches the measures${outcome}\n`);
    }
  }

  #published(topic: string, payload: string): void {
    this.#show(`⇒ ${topic}\n  ${payload || "(cleared)"}\n`);
  }

  #show(text: string): void {
    if (this.#held === undefined) this.#print(text);
    else this.#held.push(text);
  }
}

/** Empty for what is no document: a cleared topic, a number, or whatever another client publishes to the demo's broker. */
function documentIn(payload: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(payload);
    return typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
