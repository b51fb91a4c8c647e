import { describe, expect, test } from "vitest";
import type { MeasureGroup } from "../../src/domain/measure-group.ts";
import { group } from "../../src/testing/groups.ts";
import { Host } from "./host.ts";

const DAY = 86_400;
/** The clock of Host and FakePersonApi. */
const NOW = 1_000_000;
const weight = (id: number, at: number, value = 80, more: Record<string, number> = {}) =>
  group({ id, at, values: { weight: value, ...more } });

async function started(options: ConstructorParameters<typeof Host>[0] = {}): Promise<Host> {
  const host = new Host(options);
  await host.poll();
  return host;
}

describe("a weigh-in that is dated more than a day ahead", () => {
  test("is an event, but neither state nor what makes later ones back-dated", async () => {
    const host = await started();
    host.api.put(weight(1, NOW + 365 * DAY, 99));
    await host.poll();
    expect(host.events).toMatchObject([{ kind: "weigh_in", derived: { bmi: null, change: null, trend: null } }]);
    expect(host.person.state).toMatchObject({ lastWeighIn: null, latest: {}, trend: null });
    await host.wait(60);
    host.api.put(weight(2, NOW + 30, 80));
    await host.hint(NOW + 30);
    expect(host.events[1]).toMatchObject({ subjectId: 2, backdated: false, derived: { trend: 80 } });
    expect(host.person.state.lastWeighIn?.id).toBe(2);
  });

  test("does not come back into the state when it is looked up again", async () => {
    const host = await started();
    for (const one of [weight(1, NOW + 365 * DAY, 99), weight(2, NOW - DAY, 81), weight(3, NOW, 80)]) host.api.put(one);
    await host.poll();
    host.api.delete(3);
    await host.hint(NOW);
    expect(host.person.state).toMatchObject({ lastWeighIn: { id: 2 }, previousWeight: null });
  });

  test("counts once its day has come", async () => {
    const host = await started();
    host.api.put(weight(1, NOW - DAY, 81));
    host.api.put(weight(2, NOW + 5 * DAY, 80, { fat_ratio: 20 }));
    await host.poll();
    await host.wait(5 * DAY);
    await host.reread();
    expect(host.person.state).toMatchObject({ lastWeighIn: { id: 2 }, previousWeight: 81 });
    expect(host.person.state.latest["fat_ratio"]?.value).toBe(20);
  });

  test("within a day is taken as it is: clocks differ", async () => {
    const host = await started();
    host.api.put(weight(1, NOW + DAY - 60));
    await host.poll();
    expect(host.person.state.lastWeighIn?.id).toBe(1);
  });
});

test.each([0, -1])("a weight of %d is a measurement, and no state, trend or BMI is made of it", async (value) => {
  const host = await started();
  host.api.put(weight(1, NOW - DAY, 80, { height: 1.8 }));
  host.api.put(weight(2, NOW, value, { heart_pulse: 60 }));
  await host.poll();
  expect(host.events[1]).toMatchObject({ kind: "measurement", values: { weight: value, heart_pulse: 60 } });
  expect(host.person.state).toMatchObject({ lastWeighIn: { id: 1 }, trend: { value: 80 } });
  expect(host.person.state.latest["weight"]?.value).toBe(80);
  expect(host.person.state.latest["heart_pulse"]?.value).toBe(60);
});

test("a height that is not above zero gives no BMI", async () => {
  const host = await started();
  host.api.put(weight(1, NOW, 80, { height: -1.8 }));
  await host.poll();
  expect(host.events[0]?.derived.bmi).toBeNull();
});

test("the same measures in another order are no edit", async () => {
  const host = await started();
  const one = weight(1, NOW, 80, { fat_ratio: 20, heart_pulse: 60 });
  host.api.put(one);
  await host.poll();
  host.api.put({ ...one, measures: one.measures.toReversed() });
  await host.hint(NOW);
  await host.poll();
  expect(host.kinds).toEqual(["weigh_in"]);
  expect(host.changes.flatMap(({ upserts }) => upserts)).toHaveLength(1);
});

describe("two pulse wave velocities of one second", () => {
  const pwv = (id: number, value: number, more: Partial<MeasureGroup>): MeasureGroup => ({
    ...group({ id, at: NOW, values: { pulse_wave_velocity: value } }),
    ...more,
  });
  const companion = { attribution: { code: 10, name: "companion" } };

  test.each([
    [2, 3],
    [3, 2],
  ])("are both kept, told apart by attribution, whichever has the lower id (%d, %d)", async (body, foot) => {
    const host = await started();
    for (const one of [weight(1, NOW), pwv(body, 7.1, {}), pwv(foot, 4.2, companion)]) host.api.put(one);
    await host.poll();
    const values = { weight: 80, pulse_wave_velocity: 7.1, pulse_wave_velocity_companion: 4.2 };
    expect(host.events.at(-1)?.values).toEqual(values);
    expect(host.person.state.latest["pulse_wave_velocity_companion"]).toMatchObject({
      type: "pulse_wave_velocity",
      value: 4.2,
    });
  });

  test("are told apart by model where the attribution is the same", async () => {
    const host = await started();
    for (const one of [weight(1, NOW), pwv(2, 7.1, { modelId: 6 }), pwv(3, 4.2, { modelId: 10 })]) host.api.put(one);
    await host.poll();
    expect(host.events.at(-1)?.values).toEqual({
      weight: 80,
      pulse_wave_velocity: 7.1,
      pulse_wave_velocity_model_10: 4.2,
    });
  });

  test("give the same keys when the one of the whole body comes late", async () => {
    const host = await started();
    for (const one of [weight(1, NOW), pwv(2, 4.2, companion)]) host.api.put(one);
    await host.poll();
    host.api.put(pwv(3, 7.1, {}));
    await host.hint(NOW);
    expect(host.person.state.latest["pulse_wave_velocity"]?.value).toBe(7.1);
    expect(host.person.state.latest["pulse_wave_velocity_companion"]?.value).toBe(4.2);
  });
});

describe("the first sync", () => {
  test("makes no event of anything older than a week, though the person was added long before", async () => {
    const host = new Host({ addedAt: 0 });
    host.api.put(weight(1, NOW - 8 * DAY));
    host.api.put(weight(2, NOW - 6 * DAY));
    await host.poll();
    expect(host.events.map(({ subjectId }) => subjectId)).toEqual([2]);
  });

  test("with a clock ten years back fills the state, makes no event of old weigh-ins, and says how far the clocks are apart", async () => {
    const host = new Host({ addedAt: NOW });
    const years = 10 * 365 * DAY;
    host.api.now = NOW + years;
    for (let n = 1; n <= 50; n++) host.api.put(weight(n, NOW + years - n * 8 * DAY));
    await host.poll();
    expect(host.kinds).toEqual([]);
    expect(host.person.state.lastWeighIn?.id).toBe(1);
    expect(host.changes.at(-1)?.observed).toEqual({ clockSkewS: years, isEmpty: false });
  });
});

describe("a date that cannot be shown", () => {
  test.each([9e15, -9e15, 0.5])("(%d) keeps its group out, and nothing else", async (at) => {
    const host = await started();
    host.api.put(weight(1, at));
    host.api.put(weight(2, NOW));
    await host.poll();
    expect(host.store.stored.map(({ id }) => id)).toEqual([2]);
  });

  test("that is in a stored state is replaced by the next re-read", async () => {
    const host = await started();
    host.api.put(weight(1, NOW, 80));
    await host.poll();
    const { state } = host.person;
    const bad = { type: "weight", code: 1, value: 99, measuredAt: 9e12, groupId: 5 };
    const lastWeighIn = {
      id: 5,
      measuredAt: 9e12,
      attribution: { code: 0, name: "device" },
      values: {},
      groupIds: [5],
    };
    const spoilt = { ...state, latest: { weight: bad }, lastWeighIn };
    await host.store.commit({ change: { upserts: [], removals: [], events: [], state: spoilt } });
    await host.reread();
    expect(host.person.state).toEqual(state);
  });

  test("of birth is left out of the profile", async () => {
    const host = await started();
    await host.profile({ firstName: "Ada", birthDate: 9e12 });
    expect(host.person.state.profile).toEqual({ firstName: "Ada" });
    await host.profile({ firstName: "Ada", birthDate: -300_000_000 });
    expect(host.person.state.profile).toEqual({ firstName: "Ada", birthDate: -300_000_000 });
  });
});
