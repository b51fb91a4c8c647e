import { setTimeout as sleep } from "node:timers/promises";
import { type Benchmark, result } from "../benchmark.ts";
import { buildBridge, message, residentMb, Stage, Watcher, whileAlive } from "../parts.ts";

const PEOPLE = 10;
const ROUNDS = 9;
/** After `online` the first poll of everybody goes on: memory is read when it is over. */
const SETTLE_MS = 3_000;
/** Each further one waits so long, so only the first ones are waited out. */
const MEMORY_ROUNDS = 3;

/** Start to `online`, and what stays in memory, against bare Node with the same sockets: a listener, two to the broker, the API's. */
export const idle: Benchmark = {
  names: ["start", "memory"],
  async run(log) {
    buildBridge();
    await using stage = new Stage();
    const broker = await stage.broker();
    const { apiUrl } = await message<{ apiUrl: string }>(stage.load(broker));
    await using watcher = await Watcher.on(broker);
    const started = { floor: [] as number[], bridge: [] as number[] };
    const resident = { floor: [] as number[], bridge: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const kind of ["floor", "bridge"] as const) {
        const baseTopic = `${kind}-${round}`;
        const { online } = await watcher.expectOnline(baseTopic);
        const start = await stage[kind]({ broker, apiUrl, baseTopic, people: PEOPLE });
        const from = performance.now();
        const child = start();
        const ms = (await whileAlive(child, () => online)) - from;
        if (round > 0) started[kind].push(ms); // the first one fills the disk cache
        if (round > 0 && round <= MEMORY_ROUNDS) {
          await sleep(SETTLE_MS);
          resident[kind].push(residentMb(child));
        }
        log(`idle: round ${round} of ${ROUNDS}, ${kind} online after ${ms.toFixed(0)} ms`);
        await stage.stop(child);
      }
    }
    return [
      result("start", "ms", started.floor, started.bridge),
      result("memory", "MB", resident.floor, resident.bridge),
    ].map((figure) => ({ ...figure, broker: broker.name }));
  },
};
