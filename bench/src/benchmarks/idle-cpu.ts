import { setTimeout as sleep } from "node:timers/promises";
import { type Benchmark, result } from "../benchmark.ts";
import { buildBridge, cpuMs, message, Stage, Watcher, whileAlive } from "../parts.ts";

const PEOPLE = 10;
/** After `online` the first poll of everybody and the discovery documents go on. */
const SETTLE_MS = 10_000;
const WINDOW_MS = 60_000;

/** Processor time of a bridge to which nothing happens, beside bare Node with the same sockets, over the same minute. */
export const idleCpu: Benchmark = {
  names: ["idle-cpu"],
  async run(log) {
    buildBridge();
    await using stage = new Stage();
    const broker = await stage.broker();
    const { apiUrl } = await message<{ apiUrl: string }>(stage.load(broker));
    await using watcher = await Watcher.on(broker);
    const start = async (kind: "floor" | "bridge") => {
      const { online } = await watcher.expectOnline(kind);
      const child = (await stage[kind]({ broker, apiUrl, baseTopic: kind, people: PEOPLE }))();
      await whileAlive(child, () => online);
      return child;
    };
    const children = [await start("floor"), await start("bridge")];
    log(`idle-cpu: ${PEOPLE} people for ${WINDOW_MS / 1000} s`);
    await sleep(SETTLE_MS);
    const before = children.map(cpuMs);
    const from = performance.now();
    await sleep(WINDOW_MS);
    const elapsed = performance.now() - from;
    const [floor = 0, subject = 0] = children.map((child, index) => {
      const spent = cpuMs(child) - (before[index] ?? 0);
      return (spent / elapsed) * 100;
    });
    return [{ ...result("idle-cpu", "%", [floor], [subject]), broker: broker.name }];
  },
};
