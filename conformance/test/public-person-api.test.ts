import { personApiContract } from "@weighbridge/core/testing";
import type { Quirks } from "@weighbridge/simulator";
import { simulate, startReceiver } from "@weighbridge/testing";
import { publicWorld } from "./support/public.ts";

const WORLDS: readonly [string, Quirks][] = [
  ["as documented", {}],
  ["in pages of 7", { pageSize: 7 }],
  ["ascending by change, in pages of 7", { pageSize: 7, order: "up", more: true }],
  ["in no order, each group twice", { pageSize: 50, order: "mixed", repeatsGroups: true }],
  ["as a Body Scan with fine units", { isBodyScan: true, hasFineUnits: true, hasNumericDevices: true }],
  ["with the time of now", { updateTime: "now" }],
];

for (const [name, quirks] of WORLDS)
  personApiContract(`The client of today's API, against the simulator ${name},`, async () => {
    const sim = await simulate();
    const ada = sim.person("ada");
    const { url } = await startReceiver();
    const { consent, hasQuirks } = publicWorld(sim);
    hasQuirks(quirks);
    return {
      api: await consent(ada),
      callbackUrl: url,
      now: () => sim.clock.seconds(),
      advance: (seconds) => sim.clock.advance(seconds * 1000),
      weighsIn: (weight, at) => ada.weighsIn({ weight, at }).grpid,
      edits: (id, weight) => void ada.edits(id, { weight }),
      deletes: (id) => ada.deletes(id),
    };
  });
