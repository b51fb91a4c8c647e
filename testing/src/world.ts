import { ManualClock } from "@weighbridge/core/testing";
import { type Simulator, type SimulatorOptions, startSimulator } from "@weighbridge/simulator";
import { onTestFinished } from "vitest";

/** 2026-03-01T07:00:00Z. */
export const START = 1_772_348_400;

/** A simulated API on a clock that stands still, until the test is over. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const sim = await startSimulator({ clock: new ManualClock(START * 1000), ...options });
  onTestFinished(() => sim.stop());
  return sim;
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** A simulated API with Ada in it, on a clock that the test moves, until the test is over. */
export async function startWorld() {
  const clock = new ManualClock(START * 1000);
  const sim = await simulate({ clock });
  const ada = sim.person("ada", { firstName: "Ada", email: "ada@example.org", password: "bozo" });
  const calls = (action: string) => sim.log.filter((entry) => entry.kind === "call" && entry.action === action);
  return { sim, clock, ada, calls };
}
