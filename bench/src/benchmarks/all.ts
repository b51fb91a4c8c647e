import type { Benchmark } from "../benchmark.ts";
import { callback, callbackPublic } from "./callback.ts";
import { decode, decodePublic } from "./decode.ts";
import { history } from "./history.ts";
import { idle } from "./idle.ts";
import { idleCpu } from "./idle-cpu.ts";
import { lateData } from "./late-data.ts";
import { nodeRed } from "./node-red.ts";
import { nodeRedWeighIn } from "./node-red-weigh-in.ts";

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  decode,
  decodePublic,
  callback,
  callbackPublic,
  idle,
  idleCpu,
  history,
  lateData,
  nodeRed,
  nodeRedWeighIn,
];
