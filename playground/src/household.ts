import { type Person, type Simulator, startSimulator } from "@weighbridge/simulator";

const DAY_S = 86_400;
const WEEKS = 12;
export const LOGIN = { email: "ada@example.org", password: "demo" } as const;

/** A simulated API with somebody in it whose weight has a past, so that charts have something to draw. */
export async function startHousehold(port: number): Promise<{ readonly simulator: Simulator; readonly ada: Person }> {
  const simulator = await startSimulator({ port });
  const ada = simulator.person("Ada", { ...LOGIN, firstName: "Ada", gender: "female" });
  simulator.person("Ben", { email: "ben@example.org", password: "demo", firstName: "Ben", gender: "male" });
  const now = simulator.clock.seconds();
  ada.setsHeight(1.68, now - WEEKS * 7 * DAY_S);
  ada.setsTarget({ weight: 66, at: now - WEEKS * 7 * DAY_S });
  for (let day = WEEKS * 7; day >= 1; day -= 2) {
    const weight = 67 + day / 28 + Math.sin(day) / 3;
    ada.weighsIn({ weight: Math.round(weight * 10) / 10, fatRatio: 24 + day / 40, at: now - day * DAY_S });
  }
  return { simulator, ada };
}
