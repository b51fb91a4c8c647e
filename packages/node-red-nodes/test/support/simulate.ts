import { ManualClock } from "@weighbridge/core/testing";
import { startSimulator } from "@weighbridge/simulator";
import { onTestFinished } from "vitest";

/** 2026-03-01T07:00:00Z. */
export const START = 1_772_348_400;

/** A simulated API with Ada in it, on a clock that moves only when told to, until the test is over. */
export async function simulate() {
  const clock = new ManualClock(START * 1000);
  const sim = await startSimulator({ clock });
  onTestFinished(() => sim.stop());
  const ada = sim.person("ada", { firstName: "Ada", email: "ada@example.org", password: "bozo" });
  const calls = (action: string) => sim.log.filter((entry) => entry.kind === "call" && entry.action === action);
  return { sim, clock, ada, calls };
}

export type Simulation = Awaited<ReturnType<typeof simulate>>;
