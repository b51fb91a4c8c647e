import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Benchmark, median, result } from "../benchmark.ts";
import type { LoadOrder, LoadReport } from "../load.ts";
import { buildBridge, message, Stage, Watcher, whileAlive } from "../parts.ts";

const PEOPLE = 1_000;
const CLIENTS = 32;
const ROUNDS = 9;
/** No person has two notifications within the time in which the bridge takes several as one. */
const COALESCED_MS = 2_500;

interface Names {
  readonly p50: "callback-p50" | "callback-p50-public";
  readonly throughput?: "callback-throughput";
}

/**
 * From the notification to the broker's acknowledgement of the event: each round is one weigh-in of each of 1000 people by 32 clients in a
 * closed loop; floor and bridge take turns.
 */
const callbackOf = (generation: "wbs" | "public", { p50: p50Name, throughput }: Names): Benchmark => ({
  names: throughput === undefined ? [p50Name] : [p50Name, throughput],
  async run(log) {
    buildBridge();
    await using stage = new Stage();
    const broker = await stage.broker();
    log(`${p50Name}: ${broker.name}, ${PEOPLE} people, ${CLIENTS} clients`);
    const load = stage.load(broker);
    const { apiUrl } = await message<{ apiUrl: string }>(load);
    await using watcher = await Watcher.on(broker);
    const { online } = await watcher.expectOnline("bridge");
    const startBridge = await stage.bridge({ broker, apiUrl, baseTopic: "bridge", people: PEOPLE, generation });
    await whileAlive(startBridge(), () => online);
    const startFloor = await stage.floor({ broker, apiUrl, baseTopic: "floor", people: 0 });
    const { callbackUrl } = await message<{ callbackUrl: string }>(startFloor());

    const subjects = {
      // People of its own: a poll of the bridge would find the weigh-ins of which only the floor was notified.
      floor: { baseTopic: "floor", callbackUrl, firstUserId: PEOPLE + 1 },
      subject: { baseTopic: "bridge", afterPolls: PEOPLE, firstUserId: 1 },
    };
    const rounds: Record<keyof typeof subjects, LoadReport[]> = { floor: [], subject: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const kind of ["floor", "subject"] as const) {
        await sleep(COALESCED_MS / 2);
        const report = await play(load, subjects[kind]);
        log(`${p50Name}: round ${round} of ${ROUNDS}, ${kind} ${median(report.latencies).toFixed(1)} ms`);
        if (round > 0) rounds[kind].push(report); // the first one warms up
      }
    }
    const p50 = (reports: LoadReport[]) => reports.map(({ latencies }) => median(latencies));
    const rate = (reports: LoadReport[]) => reports.map(({ elapsedMs }) => (PEOPLE * 1_000) / elapsedMs);
    return [
      result(p50Name, "ms", p50(rounds.floor), p50(rounds.subject)),
      ...(throughput === undefined ? [] : [result(throughput, "events/s", rate(rounds.floor), rate(rounds.subject))]),
    ].map((figure) => ({ ...figure, broker: broker.name }));
  },
});

export const callback = callbackOf("wbs", { p50: "callback-p50", throughput: "callback-throughput" });
export const callbackPublic = callbackOf("public", { p50: "callback-p50-public" });

async function play(
  load: ChildProcess,
  {
    firstUserId,
    ...subject
  }: Pick<LoadOrder, "baseTopic" | "callbackUrl" | "afterPolls"> & { readonly firstUserId: number },
): Promise<LoadReport> {
  const order: LoadOrder = {
    ...subject,
    userIds: Array.from({ length: PEOPLE }, (_, i) => firstUserId + i),
    clients: CLIENTS,
  };
  const answer = message<LoadReport>(load);
  load.send(order);
  const report = await answer;
  if (report.strays > 0) throw new Error(`${report.strays} events that nobody stepped on a scale for`);
  return report;
}
