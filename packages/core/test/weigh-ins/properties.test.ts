import fc from "fast-check";
import { expect, test } from "vitest";
import type { GroupPage } from "../../src/domain/measure-page.ts";
import type { PersonState } from "../../src/domain/weigh-in.ts";
import type { GroupQuery } from "../../src/ports/person-api.ts";
import { FakePersonApi } from "../../src/testing/fake-person-api.ts";
import { group, type Sketch } from "../../src/testing/groups.ts";
import { hasWeight } from "../../src/weigh-ins/readings.ts";
import { Host } from "./host.ts";

const sketch = fc.record({
  id: fc.integer({ min: 1, max: 40 }),
  // Close enough that neighbourhoods meet, and far enough that they do not.
  at: fc.oneof(fc.integer({ min: 500_000, max: 500_400 }), fc.integer({ min: 100_000, max: 900_000 })),
  attrib: fc.constantFrom(0, 0, 0, 1, 2),
  target: fc.boolean(),
  values: fc.oneof(
    fc.record({ weight: fc.integer({ min: 300, max: 1500 }).map((n) => n / 10) }),
    fc.record({ heart_pulse: fc.integer({ min: 40, max: 120 }) }),
    fc.record({ weight: fc.constant(80), fat_ratio: fc.integer({ min: 5, max: 50 }) }),
  ),
});

const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("put" as const), sketch }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), id: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("poll" as const) }) },
);

/** The trend of a rebuilt state starts from a bounded past. */
const comparable = ({ trend, ...state }: PersonState) => ({ ...state, trend: trend && Number(trend.value.toFixed(1)) });

async function onceForAll(api: FakePersonApi): Promise<Host> {
  const host = new Host({ api, addedAt: 0 });
  await host.poll();
  return host;
}

type Step = { do: "poll" } | { do: "delete"; id: number } | { do: "put"; sketch: Sketch };

/** Changes at the API, and the notifications that follow; first in vain where the host crashes before it can commit. */
async function happen(host: Host, step: Step, isCrashing = false): Promise<void> {
  host.api.now += 1_000;
  const hints = act(host, step);
  const follow = async () => {
    if (step.do === "poll") await host.poll();
    for (const at of hints) await host.hint(at);
  };
  if (isCrashing) await host.loseCommit(follow);
  await follow();
}

/** Gives the seconds that the notifications name. */
function act(host: Host, step: Step): number[] {
  if (step.do === "poll") return [];
  const id = step.do === "put" ? step.sketch.id : step.id;
  const before = host.api.groups.find((one) => one.id === id);
  if (step.do === "put") host.api.put(group(step.sketch));
  else host.api.delete(id);
  return [...(before ? [before.measuredAt] : []), ...(step.do === "put" ? [step.sketch.at] : [])];
}

test("any order of arrivals, hints and polls ends in the state that one look at everything gives", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (steps) => {
      const host = new Host();
      // Emptiness proves no deletion: something always stays.
      host.api.put(group({ id: 99, at: 50_000, values: { height: 1.8 } }));
      await host.poll();
      for (const step of steps) await happen(host, step);
      await host.poll();
      const fresh = await onceForAll(host.api);
      expect(comparable(host.person.state)).toEqual(comparable(fresh.person.state));
      expect(host.store.stored).toEqual(fresh.store.stored);
    }),
    { numRuns: 300 },
  );
});

test("each weigh-in that is not ambiguous gives exactly one weigh_in, in whatever batches it arrives", async () => {
  const distinct = fc.uniqueArray(sketch, { selector: ({ id }) => id, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(distinct, fc.integer({ min: 1, max: 5 }), async (sketches, batch) => {
      const host = new Host();
      await host.poll();
      for (let start = 0; start < sketches.length; start += batch) {
        host.api.now += 1_000;
        for (const one of sketches.slice(start, start + batch)) host.api.put(group(one));
        await host.poll();
      }
      const weighIns = host.api.groups
        .filter((one) => hasWeight(one) && one.attribution.code !== 1)
        .map(({ id }) => id);
      const told = host.events.filter(({ kind }) => kind === "weigh_in").map(({ subjectId }) => subjectId);
      expect(told).toHaveLength(weighIns.length);
      expect(new Set(told)).toEqual(new Set(weighIns));
    }),
    { numRuns: 300 },
  );
});

/** The same groups as other servers would answer: pages of another size, measures in another order, and another order of adding. */
test("shuffled, reversed and paged input gives the same events and the same state", async () => {
  const distinct = fc.uniqueArray(sketch, { selector: ({ id }) => id, minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(distinct, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (sketches, pageSize, isReversed) => {
      const plain = new Host();
      const other = new Host({ api: new Shuffled({ pageSize, isReversed }) });
      for (const host of [plain, other]) await host.poll();
      for (const one of sketches) plain.api.put(group(one));
      for (const one of sketches.toReversed()) {
        const made = group(one);
        other.api.put({ ...made, measures: made.measures.toReversed() });
      }
      for (const host of [plain, other]) await host.poll();
      expect(other.events).toEqual(plain.events);
      expect(other.person.state).toEqual(plain.person.state);
    }),
    { numRuns: 200 },
  );
});

/** A server that does not sort. */
class Shuffled extends FakePersonApi {
  readonly #isReversed: boolean;

  constructor({ pageSize, isReversed }: { readonly pageSize: number; readonly isReversed: boolean }) {
    super({ pageSize });
    this.#isReversed = isReversed;
  }

  override async *measureGroups(query: GroupQuery): AsyncGenerator<GroupPage> {
    const pages: GroupPage[] = [];
    for await (const page of super.measureGroups(query)) pages.push(page);
    yield* this.#isReversed ? pages.reverse().map((page) => ({ ...page, groups: page.groups.toReversed() })) : pages;
  }
}

test("a crash before any commit changes neither the events nor their ids", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 15 }),
      fc.array(fc.boolean(), { maxLength: 15 }),
      async (steps, crashes) => {
        const [calm, crashing] = [new Host(), new Host()];
        for (const host of [calm, crashing]) {
          host.api.put(group({ id: 99, at: 50_000, values: { height: 1.8 } }));
          await host.poll();
        }
        for (const [index, step] of steps.entries()) {
          await happen(calm, step);
          await happen(crashing, step, crashes[index]);
        }
        expect(crashing.events).toEqual(calm.events);
      },
    ),
    { numRuns: 200 },
  );
});

test("looking again finds nothing new", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sketch, { maxLength: 20 }), async (sketches) => {
      const host = new Host();
      for (const one of sketches) host.api.put(group(one));
      await host.poll();
      host.store.events.length = 0;
      host.store.commits.length = 0;
      await host.poll();
      await host.reread();
      for (const { at } of sketches) await host.hint(at);
      expect(host.events).toEqual([]);
      expect(host.changes.flatMap(({ upserts, removals }) => [...upserts, ...removals])).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("a long history comes in bounded changes, and only the last one moves the cursor", async () => {
  const api = new FakePersonApi({ pageSize: 500 });
  for (let n = 0; n < 6_000; n++) api.put(group({ id: n, at: 1_000 + n * 70, values: { weight: 80 + (n % 7) / 10 } }));
  const host = await onceForAll(api);
  expect(host.changes.map(({ upserts }) => upserts.length)).toEqual([5_000, 1_000]);
  expect(host.changes.map(({ cursor }) => cursor)).toEqual([undefined, 1_000_000]);
  expect(host.person.state.lastWeighIn?.id).toBe(5_999);
});
