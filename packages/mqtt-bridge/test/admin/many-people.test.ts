import { emptyPersonState } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { compressed } from "../../src/admin/compress.ts";
import { jsonText } from "../../src/admin/reply.ts";
import { StatusView } from "../../src/admin/status-view.ts";
import { People } from "../../src/people/people.ts";
import type { Person } from "../../src/people/person.ts";
import { type PersonStatus, Status } from "../../src/status.ts";

const stored = (id: number) => ({
  ...{ id, key: `wbs:${id}`, addedAt: 0, cursor: 1, state: emptyPersonState(), subscription: null, memory: {} },
  ...{ seen: [], held: { count: 0, newest: [] } },
});

/** A view of so many people, with what a test changes. */
function viewOf(count: number) {
  const rows = Array.from({ length: count }, (_, id) => ({ stored: stored(id) }));
  const people = rows.map((row, id) => ({
    config: { slug: `p${id}`, name: `P ${id}`, weight_unit: "kg" },
    account: { id: "wbs" },
    api: { userId: String(id) },
    rows: row,
  })) as unknown as Person[];
  const counts = { hints: 0, oldestHintAt: null, owed: 0, oldestOwedAt: null, parked: 0 };
  const status = new Status({
    ...{ version: "0.0.0", generation: "wbs", people: count, waitingForConsent: [] },
    store: { counts: async () => counts },
    unreadableFields: () => 0,
    callbacks: () => null,
  });
  const figures: PersonStatus = {
    ...{ slug: "", problem: null, subscription: null, lastPollAt: 1, nextPollAt: 2, oldestHintAt: null },
    lastWeighInAt: null,
  };
  const polls = new Map<Person, number>();
  const view = new StatusView({
    ...{ people: new People(people), waiting: [], status, clock: new ManualClock(0), hasCallback: false },
    followers: { statusOf: (person) => ({ ...figures, nextPollAt: polls.get(person) ?? 2 }) },
    isOnline: () => true,
    bridgeProblems: () => [],
  });
  return { view, people, rows, polls };
}

test("the status of a thousand people is not written again while nothing changes", () => {
  const { view } = viewOf(1_000);
  const first = view.body;
  expect(JSON.parse(first.toString()).people).toHaveLength(1_000);
  expect(view.body).toBe(first);
});

test("a poll whose moment is rounded to the second beside it is no change", () => {
  const { view, polls, people } = viewOf(2);
  const first = view.body;
  for (const person of people) polls.set(person, 3);
  expect(view.body).toBe(first);
  for (const person of people) polls.set(person, 4);
  expect(view.body).not.toBe(first);
});

test("what changes of one person is in the next status: a commit, and a poll that moved", () => {
  const { view, rows, polls, people } = viewOf(3);
  const first = view.body;
  (rows[1] as { stored: object }).stored = { ...stored(1), held: { count: 2, newest: [] } };
  expect(JSON.parse(view.body.toString()).people.map(({ held }: { held: number }) => held)).toEqual([0, 2, 0]);
  polls.set(people[2] as Person, 600);
  const [, , last] = JSON.parse(view.body.toString()).people;
  expect(last.status.next_poll).toBe("1970-01-01T00:10:00.000Z");
  expect(view.body).not.toBe(first);
});

test("a large status is compressed once for all who take it so, and sent plain to others", async () => {
  const { view } = viewOf(200);
  const plain = jsonText(view.body);
  const packed = await compressed(plain, "gzip, br");
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(packed.body.length).toBeLessThan(plain.body.length / 10);
  expect((await compressed(jsonText(view.body), "gzip")).body).toBe(packed.body);
  expect(await compressed(plain, "br")).toBe(plain);
  const small = jsonText(viewOf(1).view.body);
  expect(await compressed(small, "gzip")).toBe(small);
});
