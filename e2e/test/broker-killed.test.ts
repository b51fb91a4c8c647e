import { until } from "@weighbridge/testing/parts";
import { expect, onTestFinished, test } from "vitest";
import { makeHouse } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";
import { startWitness } from "../src/witness.ts";

const KILLS = 5;
const WEIGH_INS = 25;

/** A subscriber is away while people weigh in, and the broker is killed after each batch; gives what the subscriber finds on return. */
async function awayThroughKills(settings: readonly string[] = []) {
  const house = await makeHouse({ broker: { settings } });
  onTestFinished(() => house.close());
  const { broker, listener, simulator } = house;
  await house.open("Ada");
  const witness = await startWitness(broker.url);
  await witness.close();
  // The broker knows the session for long: only the weigh-ins are at stake.
  await broker.restart();
  await listener.hears("weighbridge/bridge/state", "online");
  const start = simulator.clock.seconds() - 86_400;
  for (let batch = 0; batch < KILLS; batch++) {
    for (let n = 0; n < WEIGH_INS; n++)
      simulator.person("Ada").weighsIn({ weight: 60 + n / 10, at: start + (batch * WEIGH_INS + n) * 600 });
    await listener.eventsOf("ada", (batch + 1) * WEIGH_INS);
    await broker.kill();
    await broker.start();
  }
  const back = await startWitness(broker.url);
  onTestFinished(() => back.close());
  await until(() => Date.now() - back.lastAt > 3_000, 30_000);
  const twice = [...back.byEvent.values()].filter((times) => times > 1).length;
  return { lost: KILLS * WEIGH_INS - back.byEvent.size, twice };
}

describeWith("Mosquitto", isInstalled("mosquitto"), () => {
  test("with the shipped settings a broker that is killed loses nothing for a subscriber who is away", async () => {
    expect(await awayThroughKills()).toEqual({ lost: 0, twice: 0 });
  });

  test("control: a broker that saves once a minute loses", async () => {
    const { lost } = await awayThroughKills(["autosave_on_changes false", "autosave_interval 60"]);
    expect(lost).toBeGreaterThan(0);
  });
});
