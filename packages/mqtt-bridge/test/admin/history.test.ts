import { type MeasureGroup, pastReadings } from "@weighbridge/core";
import { expect, test } from "vitest";
import { seriesOf, weighInsOf } from "../../src/admin/history.ts";
import type { Person } from "../../src/people/person.ts";
import { adminUrl, ask, put } from "../support/admin.ts";
import { type Home, home, settledFor } from "../support/home.ts";

const DAY_S = 86_400;

/** A bridge that knows these weights of Ada, one for each day up to today. */
async function withWeights(weights: readonly number[], at: Awaited<ReturnType<typeof home>>) {
  const now = at.simulator.clock.seconds();
  const ids = weights.map((weight, n) => at.ada.weighsIn({ weight, at: now - (weights.length - 1 - n) * DAY_S }).grpid);
  await at.start();
  await settledFor(at);
  await at.subscriber.until(() => at.state()["weight"] === weights.at(-1));
  return { now, ids };
}

const listed = async (at: Home, query: string) =>
  (await ask(adminUrl(at), `/api/people/ada/weigh-ins?${query}`)).json();

test("weigh-ins come the newest first, page by page, none twice and none left out", async () => {
  const at = await home();
  const { ids } = await withWeights([70, 71, 72, 73, 74], at);
  const first = await listed(at, "limit=2");
  expect(first).toMatchObject({ unit: "kg", more: true, weigh_ins: [{ weight: 74 }, { weight: 73 }] });
  expect(first.weigh_ins[0]).toEqual({
    weigh_in: ids[4],
    measured_at: expect.any(String),
    weight: 74,
    values: { weight: 74 },
    attribution: "device",
    verdict: null,
    held: false,
  });
  const seen: number[] = [];
  for (let to = 99_999_999_999, more = true; more; ) {
    const page = await listed(at, `limit=2&to=${to}`);
    seen.push(...page.weigh_ins.map(({ weight }: { weight: number }) => weight));
    to = Date.parse(page.weigh_ins.at(-1).measured_at) / 1000 - 1;
    more = page.more;
  }
  expect(seen).toEqual([74, 73, 72, 71, 70]);
});

test("what was measured with a weight, a minute apart, is one weigh-in with it", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  at.ada.weighsIn({ weight: 68.45, fatRatio: 22.4, heartPulse: 61 });
  await at.subscriber.until(() => at.events().length > 0);
  const { weigh_ins } = await listed(at, "");
  expect(weigh_ins).toHaveLength(1);
  expect(weigh_ins[0].values).toMatchObject({ weight: 68.45, fat_ratio: 22.4 });
});

test("a series is ascending and in the person's unit; a span cuts it, points thin it", async () => {
  const at = await home();
  const { now } = await withWeights([70, 90, 50, 71, 72, 73, 74, 75], at);
  const series = async (query: string) => (await ask(adminUrl(at), `/api/people/ada/series?${query}`)).json();
  const all = await series("");
  expect(all).toMatchObject({ measure: "weight", unit: "kg" });
  expect(all.points.map(([, value]: [number, number]) => value)).toEqual([70, 90, 50, 71, 72, 73, 74, 75]);
  expect(all.points.at(-1)).toEqual([now, 75]);
  const lately = await series(`from=${now - DAY_S}&to=${now - 1}`);
  expect(lately.points.map(([, value]: [number, number]) => value)).toEqual([74]);
  const thin = await series("points=6");
  expect(thin.points.length).toBeLessThanOrEqual(6);
  expect(thin.points.map(([, value]: [number, number]) => value)).toEqual(expect.arrayContaining([90, 50]));
  expect(await series("measure=height")).toMatchObject({ unit: "m", points: [[expect.any(Number), 1.68]] });
  expect(await series("measure=nothing")).toMatchObject({ points: [] });
});

test("a held weigh-in waits in the list, names nearest people, and is no point of a series until it is claimed", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const { grpid } = at.ada.weighsIn({ weight: 40, attribution: 1 });
  await at.subscriber.until(() => at.events().length === 1);
  const url = adminUrl(at);
  const held = async () => (await ask(url, "/api/held")).json().weigh_ins;
  const points = async () => (await ask(url, "/api/people/ada/series")).json().points;
  expect(await held()).toEqual([
    {
      person: "ada",
      name: "Ada",
      weigh_in: grpid,
      measured_at: expect.any(String),
      weight: 40,
      unit: "kg",
      others: [],
    },
  ]);
  expect(await listed(at, "held=true")).toMatchObject({ weigh_ins: [{ weigh_in: grpid, held: true, verdict: null }] });
  expect(await points()).toEqual([]);
  expect((await ask(url, "/api/status")).json().people[0].held).toBe(1);
  await ask(url, "/api/requests/claim", put({ person: "ada", weigh_in: grpid }));
  expect(await held()).toEqual([]);
  expect(await listed(at, "")).toMatchObject({ weigh_ins: [{ weigh_in: grpid, held: false, verdict: "claimed" }] });
  expect(await points()).toHaveLength(1);
  await ask(url, "/api/requests/refuse", put({ person: "ada", weigh_in: grpid }));
  expect(await listed(at, "")).toMatchObject({ weigh_ins: [{ weigh_in: grpid, held: false, verdict: "refused" }] });
  expect(await points()).toEqual([]);
});

test("a query that cannot be read names its key and its bounds", async () => {
  const at = await home();
  await at.start();
  const url = adminUrl(at);
  const wrong = ["limit=0", "limit=1001", "from=yesterday", "from=5&to=4", "held=maybe", "to=-1", "limit="];
  for (const query of wrong) {
    const answer = await ask(url, `/api/people/ada/weigh-ins?${query}`);
    expect([query, answer.status, answer.json().error.code]).toEqual([query, 400, "invalid"]);
  }
  expect((await ask(url, "/api/people/bob/series")).json().error.code).toBe("unknown_person");
});

/** A person with a stored history, and nothing else. */
function remembering(groups: readonly MeasureGroup[]): Person {
  const ascending = groups.toSorted((a, b) => a.measuredAt - b.measuredAt || a.id - b.id);
  const reader = {
    before: async (to: number, limit: number) => ascending.filter(({ measuredAt }) => measuredAt <= to).slice(-limit),
    verdicts: async () => new Map(),
    eventCounts: async () => new Map(),
  };
  return { config: { weight_unit: "kg" }, rows: { groups: reader } } as unknown as Person;
}

const group = (id: number, measuredAt: number, type: string, value: number): MeasureGroup => ({
  ...{ id, measuredAt, attribution: { code: 0, name: "device" }, category: { code: 1, name: "measure" } },
  measures: [{ type, code: 1, value }],
});

test("a history longer than one read is the same as read at once, also where the cut goes through a weigh-in", async () => {
  const groups: MeasureGroup[] = [];
  // Weigh-ins 61 s apart, each with a pulse 40 s later, which may be nearer to the next one.
  for (let n = 0; n < 1_300; n++) {
    groups.push(group(2 * n, 1_000_000 + n * 61, "weight", 60 + (n % 17)));
    groups.push(group(2 * n + 1, 1_000_000 + n * 61 + (n % 60), "heart_pulse", 50 + (n % 40)));
  }
  const person = remembering(groups);
  const known = { verdicts: new Map(), eventCounts: new Map() };
  const whole = pastReadings(groups, known).filter(({ kind }) => kind === "weigh_in");
  const span = { from: 0, to: 99_999_999_999 };
  const { weigh_ins, more } = await weighInsOf(person, { ...span, limit: 10_000, isHeld: false });
  const shape = ({ id, values }: { id: number; values: object }) => JSON.stringify([id, values]);
  expect(more).toBe(false);
  expect(weigh_ins.map(({ weigh_in: id, values }) => shape({ id, values })).reverse()).toEqual(whole.map(shape));
  const { points } = await seriesOf(person, { ...span, measure: "weight", points: 10_000 });
  expect(points).toHaveLength(1_300);
});

test("more groups within a minute than one read takes are read all the same", async () => {
  const groups = Array.from({ length: 1_200 }, (_, n) => group(n, 1_000_000 + (n % 30), "weight", 70));
  const answer = await weighInsOf(remembering(groups), { from: 0, to: 2_000_000, limit: 10_000, isHeld: false });
  expect(new Set(answer.weigh_ins.map(({ weigh_in }) => weigh_in)).size).toBe(1_200);
});

test("a page does not end between two weigh-ins of one second", async () => {
  const groups = [1, 2, 3].map((id) => group(id, 1_000_000, "weight", 70));
  const query = { from: 0, to: 2_000_000, limit: 1, isHeld: false };
  const page = await weighInsOf(remembering([...groups, group(9, 900_000, "weight", 71)]), query);
  expect(page.weigh_ins.map(({ weigh_in }) => weigh_in).toSorted()).toEqual([1, 2, 3]);
  expect(page.more).toBe(true);
});
