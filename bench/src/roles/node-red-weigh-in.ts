// Times the longest stop of the event loop while an account of Node-RED takes in a weigh-in, with few and with many stored groups.
// Prints { floor: ms[], subject: ms[] }.
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type GroupPage, type GroupQuery, type MeasureGroup, type PersonApi, systemClock } from "@weighbridge/core";
import { Account } from "../../../packages/node-red-nodes/src/account/account.ts";
import type { AccountApi } from "../../../packages/node-red-nodes/src/account/account-api.ts";

const [dir, few, many] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: node-red-weigh-in.ts DIRECTORY FEW MANY");

/** The account takes one in 2 s. */
const WEIGH_INS = 11;
const WARM_UP = 2;
const APART_S = 600;
/** After the event the account still writes. */
const SETTLE_MS = 100;
const PAGE = 500;

const groupAt = (id: number, measuredAt: number): MeasureGroup => ({
  id,
  attribution: { code: 0, name: "device" },
  measuredAt,
  category: { code: 1, name: "measure" },
  measures: [{ type: "weight", code: 1, value: (60_000 + (id % 30_000)) / 1000 }],
});

/** The longest time by which a timer of 1 ms was late, milliseconds. */
async function longestStop(work: () => Promise<void>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return delay.max / 1e6;
}

/** Answers a window with the newest group alone: a server that filtered in this process would stop the loop itself. */
class Scale implements PersonApi {
  readonly generation = "wbs";
  readonly userId = "29";
  newest: MeasureGroup;
  readonly #history: readonly MeasureGroup[];

  constructor(groups: number, nowS: number) {
    this.#history = Array.from({ length: groups }, (_, index) => groupAt(groups - index, nowS - (index + 1) * APART_S));
    this.newest = groupAt(groups, nowS);
  }

  async *measureGroups(query: GroupQuery): AsyncGenerator<GroupPage> {
    const groups = "from" in query ? [this.newest] : this.#history;
    for (let start = 0; start < groups.length; start += PAGE)
      yield { groups: groups.slice(start, start + PAGE), updateTime: this.newest.measuredAt };
  }
  async profile() {
    return {};
  }
  async subscription() {
    return undefined;
  }
  async subscribe(callbackUrl: string) {
    return { callbackUrl };
  }
  async revoke() {
    return false;
  }
}

async function measured(groups: number, stateFile: string): Promise<number[]> {
  const nowS = Math.floor(Date.now() / 1000);
  const person = new Scale(groups, nowS);
  const events = new EventEmitter();
  const account = new Account({
    // An account that follows weigh-ins asks for nothing else.
    source: {
      generation: "wbs",
      open: async () => ({ key: "wbs:29", person }) as unknown as AccountApi,
      refusalOf: () => undefined,
    },
    name: "Ada",
    stateFile: () => stateFile,
    ambiguous: "hold",
    isOld: false,
    pollWithoutSubscriptionS: 86_400,
    isRevokedOnRemoval: false,
    clock: systemClock,
    callback: () => null,
    isOrphan: () => false,
    warn: (text) => process.stderr.write(`${text}\n`),
  });
  const listener = {
    id: "bench",
    onEvent: () => events.emit("weigh-in"),
    onProblem: () => {},
    onSubscription: () => {},
    onPerson: () => {},
  };
  await account.attach(listener);
  while (account.state?.lastWeighIn?.id !== groups) await sleep(20);
  const stops: number[] = [];
  for (let index = 1; index <= WEIGH_INS; index++) {
    person.newest = groupAt(groups + index, nowS + index * APART_S);
    const { measuredAt } = person.newest;
    await sleep(SETTLE_MS);
    const stop = await longestStop(async () => {
      const event = once(events, "weigh-in");
      await account.takeNotification("29", { from: measuredAt, to: measuredAt + 1 });
      await event;
      await sleep(SETTLE_MS);
    });
    stops.push(stop);
  }
  await account.stop();
  return stops.slice(WARM_UP);
}

// Waits of the account's clock keep no process alive; in Node-RED its server does.
const alive = setInterval(() => {}, 1_000);
const floor = await measured(Number(few), join(dir, "few.json"));
const subject = await measured(Number(many), join(dir, "many.json"));
clearInterval(alive);
process.stdout.write(JSON.stringify({ floor, subject }));
