import type { Bar } from "./benchmark.ts";

/** How good each figure has to be. Every name that a benchmark gives stands here; docs/benchmarks.md says what each measures. */
export const BARS = {
  "decode-100k": { kind: "at most", ratio: 1.25 },
  "decode-public-100k": { kind: "at most", ratio: 1.35 },
  "callback-p50": { kind: "at most", ratio: 1.3 },
  "callback-throughput": { kind: "at least", ratio: 0.75 },
  "callback-p50-public": { kind: "at most", ratio: 1.5 },
  start: { kind: "at most", ratio: 1.3 },
  memory: { kind: "at most", ratio: 1.5 },
  "idle-cpu": { kind: "limit", most: 0.1 },
  history: { kind: "at most", ratio: 1.2 },
  "late-data-15s": { kind: "limit", most: 16 },
  "late-data-1min": { kind: "limit", most: 61 },
  "late-data-5min": { kind: "limit", most: 301 },
  "late-data-30min": { kind: "limit", most: 1_801 },
  "node-red-start-ms": { kind: "at most more", difference: 150 },
  "node-red-memory-mb": { kind: "at most more", difference: 20 },
  "node-red-weigh-in-ms": { kind: "limit", most: 10 },
} as const satisfies Readonly<Record<string, Bar>>;

export type BenchmarkName = keyof typeof BARS;
