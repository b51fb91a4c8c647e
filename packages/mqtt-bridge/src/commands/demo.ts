import { systemClock } from "@weighbridge/core";
import type { LogEntry } from "@weighbridge/simulator";
import { type Stage, setStage } from "../demo/stage.ts";
import { createLog } from "../logger.ts";
import type { Terminal } from "./terminal.ts";

export interface DemoOptions {
  /** One weigh-in, then end. */
  readonly once: boolean;
  /** With `once`: one line of JSON. */
  readonly json: boolean;
}

const WEIGH_IN = { weight: 68.45, fatRatio: 22.4 } as const;
const LIMIT_MS = 20_000;

/** What arrived at the subscriber of the broker. */
interface Arrived {
  readonly event: Record<string, unknown>;
  readonly state: Record<string, unknown>;
  readonly topics: readonly string[];
  /** From the callback's first byte to the event at the subscriber. */
  readonly callbackToSubscriberMs: number;
}

/** The whole thing on this machine. Gives the exit code: with `once`, 0 only if the event and the state arrived. */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  // A newcomer reads the story, not the log; what goes wrong is told all the same.
  const log = createLog("warn", (line) => void process.stderr.write(line), terminal.now);
  const stage = await setStage(log, { onAnyPort: options.once });
  try {
    return options.once ? await tellOnce(stage, options, terminal) : await keepTelling(stage, terminal);
  } finally {
    await stage.stop();
  }
}

async function tellOnce(stage: Stage, { json }: DemoOptions, terminal: Terminal): Promise<number> {
  const story = new Story(json ? () => {} : terminal.print, terminal.now);
  const giveUp = new AbortController();
  const late = systemClock.sleep(LIMIT_MS, giveUp.signal).then(() => undefined);
  story.introduce(stage);
  const arrived = await Promise.race([story.weighIn(stage), late, terminal.asked.then(() => undefined)]);
  giveUp.abort();
  late.catch(() => {});
  if (arrived === undefined) {
    const reason = `the event and the state did not both arrive within ${LIMIT_MS / 1000} s`;
    terminal.print(json ? `${JSON.stringify({ ok: false, reason })}\n` : `\nIt failed: ${reason}.\n`);
    return 1;
  }
  const { event, state, topics, callbackToSubscriberMs } = arrived;
  const line = { ok: true, callback_to_subscriber_ms: callbackToSubscriberMs, event, state, topics };
  if (json) terminal.print(`${JSON.stringify(line)}\n`);
  return 0;
}

async function keepTelling(stage: Stage, terminal: Terminal): Promise<number> {
  const story = new Story(terminal.print, terminal.now);
  story.introduce(stage);
  await story.weighIn(stage);
  terminal.print("\nNow it is your turn: open the virtual scale. Ctrl+C ends the demo.\n");
  await terminal.asked;
  terminal.print("\nEnding.\n");
  return 0;
}

/** Tells in plain words what the simulator and the broker's subscriber see. */
class Story {
  readonly #print: (text: string) => void;
  readonly #now: () => number;
  #callbackAt = 0;

  constructor(print: (text: string) => void, now: () => number) {
    this.#print = print;
    this.#now = now;
  }

  introduce({ simulator, brokerUrl, callbackUrl }: Stage): void {
    this.#print(
      [
        "Weighbridge demo: a simulated Withings cloud, a broker and the real bridge, all on this machine.",
        "",
        `  Virtual scale  ${simulator.pageUrl}   open it in a browser and step on`,
        `  MQTT broker    ${brokerUrl}   subscribe to weighbridge/# with any client`,
        `  Callback       ${callbackUrl}   where the cloud tells the bridge of changes`,
        "",
        "",
      ].join("\n"),
    );
  }

  /** Ada steps on; resolves when her event and her new state came out at the other end. */
  async weighIn({ simulator, ada, subscriber }: Stage): Promise<Arrived> {
    await subscriber.subscribeAsync("weighbridge/people/+/weigh_in", { qos: 2 });
    await subscriber.subscribeAsync("weighbridge/people/#", { qos: 1 });
    const topics: string[] = [];
    const arrived = new Promise<Arrived>((resolve) => {
      let state: Record<string, unknown> = {};
      subscriber.on("message", (topic, payload, { retain }) => {
        // What was retained before is no news.
        if (retain) return;
        this.#published(topic, payload.toString());
        topics.push(topic);
        if (topic === "weighbridge/people/ada/state") state = JSON.parse(payload.toString());
        if (topic !== "weighbridge/people/ada/weigh_in" || state["weight"] !== WEIGH_IN.weight) return;
        const callbackToSubscriberMs = Math.max(0, this.#now() - this.#callbackAt);
        resolve({ event: JSON.parse(payload.toString()), state, topics, callbackToSubscriberMs });
      });
    });
    simulator.listen((entry) => this.#happened(entry));
    this.#callbackAt = this.#now();
    ada.weighsIn(WEIGH_IN);
    const result = await arrived;
    this.#print(`\nFrom the callback to the subscriber it took ${result.callbackToSubscriberMs} ms.\n`);
    return result;
  }

  #happened(entry: LogEntry): void {
    if (entry.kind === "deed") this.#print(`\n● ${entry.words}\n`);
    if (entry.kind === "callback" && !entry.isProbe) {
      const answer = entry.answer === null ? "nobody answered" : `answered ${entry.answer} in ${entry.tookMs} ms`;
      this.#print(`→ The cloud tells the bridge: something of ${entry.person} changed (POST, ${answer})\n`);
    }
    if (entry.kind === "call" && entry.action === "getmeas") this.#print("← The bridge fetches the measures\n");
  }

  #published(topic: string, payload: string): void {
    this.#print(`⇒ ${topic}\n  ${payload || "(cleared)"}\n`);
  }
}
