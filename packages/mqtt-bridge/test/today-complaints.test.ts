import { ManualClock } from "@weighbridge/core/testing";
import type { Quirks } from "@weighbridge/simulator";
import { expect, test } from "vitest";
import { type House, house, moving } from "./support/todays-house.ts";

const HOUR_MS = 3_600_000;
const DAY_S = 86_400;

/** A household whose one person consented, on clocks that the test moves. */
async function followed(timing: object = {}) {
  const at = await house();
  const ada = at.sim.person("Ada");
  const clock = new ManualClock(at.sim.clock.now());
  await at.consents(ada, clock);
  await at.start({ clock, callback: false, timing });
  await moving(at, clock, () => at.on("people/ada/status").some((text) => text.includes('"last_poll":"')), 100);
  const kinds = () => at.on("people/ada/weigh_in").map((text) => JSON.parse(text).event_type);
  const problems = () => at.on("people/ada/status").flatMap((text) => JSON.parse(text).problem?.code ?? []);
  return { at, ada, clock, kinds, problems };
}

const calls = ({ sim }: House) => sim.log.filter((entry) => entry.kind === "call" && entry.action === "getmeas").length;

test("PUB-AUTH-9, PUB-NOT-5: three hours after the start, with the service out of reach for the renewal, it waits for the service and asks nobody to authorize", async () => {
  const { at, ada, clock, problems } = await followed();
  const outage = at.sim.fail("drop", { action: "requesttoken" });
  await moving(at, clock, () => at.sim.clock.now() > at.startedAt + 5 * HOUR_MS, 600_000);
  expect(problems().filter((code) => !["network", "data_late"].includes(code))).toEqual([]);
  outage.end();
  ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => at.on("people/ada/weigh_in").length > 0, 600_000);
  expect(JSON.stringify(at.on("bridge/event"))).not.toContain("authorized");
  expect(at.last("people/ada/status")).toMatchObject({ problem: null });
});

test("PUB-LIMIT-5: too many calls are waited out, as long as the service says, and are nobody's problem", async () => {
  const { at, ada, clock, problems } = await followed();
  at.sim.fail("601", { action: "getmeas", ms: 188_000 }).times(4);
  ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => at.on("people/ada/weigh_in").length > 0, 60_000);
  expect(problems()).toEqual([]);
});

// Some 2,000 calls over HTTP.
const LONG = { timeout: 180_000 };

test(
  "PUB-MEAS-15, PUB-NOT-7: forty days of empty answers, with a nightly re-read in each, delete nothing, and the weigh-in after them counts",
  LONG,
  async () => {
    const { at, ada, clock, kinds } = await followed({ poll_without_subscription_s: 6 * 3_600 });
    ada.weighsIn({ weight: 70 });
    await moving(at, clock, () => kinds().includes("weigh_in"), HOUR_MS);
    ada.pausesSharing();
    const polled = calls(at);
    for (let day = 1; day <= 40; day++) {
      const until = at.sim.clock.now() + DAY_S * 1000;
      await moving(at, clock, () => at.sim.clock.now() >= until, 12 * HOUR_MS);
    }
    expect(calls(at) - polled).toBeGreaterThan(40);
    expect(kinds()).toEqual(["weigh_in"]);
    expect(at.last("people/ada/state")).toMatchObject({ weight: 70 });
    ada.pausesSharing(false);
    ada.weighsIn({ weight: 69 });
    await moving(at, clock, () => kinds().length === 2, HOUR_MS);
    expect(kinds()).toEqual(["weigh_in", "weigh_in"]);
  },
);

test("PUB-MEAS-11: a weigh-in that a phone relays days later is told as back-dated, and newer values stay", async () => {
  const { at, ada, clock, kinds } = await followed();
  ada.weighsIn({ weight: 70, fatRatio: 20 });
  await moving(at, clock, () => kinds().length === 1, 60_000);
  ada.weighsIn({ weight: 75, fatRatio: 25, at: at.sim.clock.seconds() - 5 * DAY_S });
  await moving(at, clock, () => kinds().length === 2, 60_000);
  expect(at.last("people/ada/weigh_in")).toMatchObject({ event_type: "weigh_in", weight: 75, backdated: true });
  expect(at.last("people/ada/state")).toMatchObject({ weight: 70, fat_ratio: 20 });
});

test.each(["up", "mixed", "down"] as const)(
  "PUB-MEAS-16: companions of the weigh-in's second are one event with it, one group a page, in the order %s",
  async (order) => {
    const { at, ada, clock, kinds } = await followed();
    at.app.hasQuirks({ order, pageSize: 1 });
    const { date } = ada.weighsIn({ weight: 70 });
    ada.adds({ attrib: 10, date, measures: [{ type: 11, value: 61, unit: 0 }] });
    ada.adds({ attrib: 10, date, measures: [{ type: 91, value: 7100, unit: -3 }] });
    await moving(at, clock, () => kinds().length > 0, 60_000);
    await moving(
      at,
      clock,
      () => JSON.stringify(at.last("people/ada/state")).includes('pulse_wave_velocity":7.1'),
      60_000,
    );
    expect(kinds().filter((kind) => kind === "weigh_in")).toHaveLength(1);
    expect(at.last("people/ada/weigh_in")).toMatchObject({ weight: 70, heart_pulse: 61, pulse_wave_velocity: 7.1 });
  },
);

test("PUB-MEAS-16: a companion that comes with a later poll completes the weigh-in, and makes no second one", async () => {
  const { at, ada, clock, kinds } = await followed();
  const { date } = ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => kinds().length === 1, 60_000);
  ada.adds({ attrib: 10, date, measures: [{ type: 91, value: 7100, unit: -3 }] });
  await moving(at, clock, () => kinds().length === 2, 60_000);
  expect(kinds()).toEqual(["weigh_in", "weigh_in_updated"]);
});

/** Tells a household of a day of weigh-ins, an edit and a deletion by a service with these quirks; gives its events. */
async function toldWith(quirks: Quirks): Promise<readonly unknown[]> {
  const { at, ada, clock, kinds } = await followed();
  at.app.hasQuirks(quirks);
  const now = at.sim.clock.seconds();
  const groups = Array.from({ length: 24 }, (_, index) =>
    ada.weighsIn({
      weight: 70 + (index % 7) / 4,
      fatRatio: 20 + (index % 3),
      heartPulse: 60 + index,
      at: now - (24 - index) * 600,
    }),
  );
  await moving(at, clock, () => kinds().length === 24, 60_000);
  ada.edits(groups[23]?.grpid ?? 0, { weight: 71.5 });
  await moving(at, clock, () => kinds().includes("weigh_in_updated"), 60_000);
  ada.deletes(groups[22]?.grpid ?? 0);
  await moving(at, clock, () => kinds().includes("weigh_in_deleted"), HOUR_MS);
  return at
    .on("people/ada/weigh_in")
    .map((text) => JSON.parse(text))
    .map(({ event_type, weigh_in, weight, fat_ratio, heart_pulse }) => [
      event_type,
      weigh_in,
      weight,
      fat_ratio,
      heart_pulse,
    ]);
}

test.each<[string, Quirks]>([
  ["ascending", { order: "up" }],
  ["shuffled, in pages of 7", { order: "mixed", pageSize: 7 }],
  ["descending, in pages of 7, each group twice", { order: "down", pageSize: 7, more: true, repeatsGroups: true }],
  ["with fine units and the time of now", { hasFineUnits: true, updateTime: "now", lastMore: 0 }],
])("PUB-MEAS-2: answers that are %s bring the same events", async (_, quirks) => {
  const told = await toldWith(quirks);
  expect(told).toHaveLength(26);
  expect(told).toEqual(await toldWith({}));
});
