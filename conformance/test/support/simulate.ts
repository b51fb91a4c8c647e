import { Application, createWbsClient, type WbsClient, type WbsClientOptions } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import { startSimulator } from "@weighbridge/simulator";
import { onTestFinished } from "vitest";

/** 2026-03-01T07:00:00Z. */
export const START = 1_772_348_400;

export type Simulation = Awaited<ReturnType<typeof simulate>>;

/** A simulated API on a clock that stands still, until the test is over. */
export async function simulate() {
  const sim = await startSimulator({ clock: new ManualClock(START * 1000), port: 0 });
  onTestFinished(() => sim.stop());
  return sim;
}

/** A client that never waits: nothing in these tests depends on its patience. */
export function clientOf(sim: Simulation, options: WbsClientOptions = {}): WbsClient {
  const application = new Application({ callsPerMinute: 1_000_000, repeatCallMs: 0, subscribeGapMs: 0 });
  return createWbsClient({ baseUrl: sim.url, application, retries: 0, ...options });
}

/** What names a person in a call. */
export const keyOf = ({ userId, publicKey }: { readonly userId: number; readonly publicKey: string }) => ({
  userId,
  publicKey,
});
