import { personApiContract } from "@weighbridge/core/testing";
import { simulate, startReceiver } from "@weighbridge/testing";
import { clientOf, keyOf } from "./support/client.ts";

personApiContract("The original API's client, against the simulator,", async () => {
  const sim = await simulate();
  const ada = sim.person("ada");
  const { url } = await startReceiver();
  return {
    api: clientOf(sim, { pageLimit: 7 }).person(keyOf(ada)),
    callbackUrl: url,
    now: () => sim.clock.seconds(),
    advance: (seconds) => sim.clock.advance(seconds * 1000),
    weighsIn: (weight, at) => ada.weighsIn({ weight, at }).grpid,
    edits: (id, weight) => void ada.edits(id, { weight }),
    deletes: (id) => ada.deletes(id),
  };
});
