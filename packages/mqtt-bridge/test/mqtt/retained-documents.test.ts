import { ManualClock } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { RetainedDocuments } from "../../src/mqtt/retained-documents.ts";
import type { Message } from "../../src/store/store.ts";

const PEOPLE = [1, 2, 3];
const discoveryOf = (id: number): Message[] => [{ topic: `ha/${id}`, payload: `measures of ${id}` }];

/** Retained documents of three people on a connection that only counts. */
async function kept({ remembered = ["base/people/x/state"], held = [] as string[] } = {}) {
  const clock = new ManualClock(0);
  const seen = { published: [] as Message[], cleared: [] as string[], everything: 0, removed: [] as string[] };
  const control = {
    isConnected: true,
    publish: async (topic: string, payload: string) => void (payload === "" && seen.cleared.push(topic)),
    retainedTopics: async () => held,
    close: async () => {},
  };
  const retained = new RetainedDocuments({
    store: {
      retainedTopics: async () => remembered,
      addRetainedTopics: async () => {},
      removeRetainedTopics: async (topics) => void seen.removed.push(...topics),
    },
    clock,
    publisher: { isConnected: true, publishDocuments: (documents) => void seen.published.push(...documents) },
    control: () => control,
    documents: {
      everything: () => {
        seen.everything++;
        return [...PEOPLE.flatMap(discoveryOf), { topic: "base/people/ada/state", payload: "{}" }];
      },
      discovery: () => PEOPLE.flatMap(discoveryOf),
      discoveryOf,
      otherDiscovery: () => [],
      isDiscovery: (topic) => topic.startsWith("ha/"),
      own: { filters: ["base/people/#"], has: (topic) => topic.startsWith("base/people/") },
    },
    onProblem: (error) => expect.unreachable(String(error)),
  });
  await retained.start();
  return { clock, retained, seen };
}

test("two thousand births bring everything once", async () => {
  const { clock, retained, seen } = await kept();
  const before = seen.everything;
  for (let birth = 0; birth < 2_000; birth++) retained.publishEverythingSoon();
  await clock.advance(10 * LIMITS.birthDelayMs);
  expect(seen.everything - before).toBe(1);
  expect(seen.published).toHaveLength(4);
});

test("a new measure of one person publishes the discovery of that person alone", async () => {
  const { clock, retained, seen } = await kept();
  retained.publishDiscoverySoon(2);
  retained.publishDiscoverySoon(2);
  retained.publishDiscoverySoon(3);
  await clock.advance(LIMITS.birthDelayMs);
  expect(seen.published.map(({ topic }) => topic)).toEqual(["ha/2", "ha/3"]);
});

test("what did not change is not published again", async () => {
  const { retained, seen } = await kept();
  const document = { topic: "base/bridge/state", payload: "online" };
  retained.publish([document]);
  retained.publish([document]);
  expect(seen.published).toHaveLength(1);
});

test("topics of an earlier configuration are cleared", async () => {
  const { retained, seen } = await kept();
  retained.tidy();
  await expect.poll(() => seen.removed).toEqual(["base/people/x/state"]);
  expect(seen.cleared).toEqual(["base/people/x/state"]);
});

test("without a state directory the broker says what an earlier bridge left, and only its own topics are cleared", async () => {
  const held = ["base/people/gone/state", "base/people/ada/state", "other/state"];
  const { retained, seen } = await kept({ remembered: [], held });
  retained.tidy();
  await expect.poll(() => seen.removed).toEqual(["base/people/gone/state"]);
  expect(seen.cleared).toEqual(["base/people/gone/state"]);
});

test("a device that goes is cleared before any discovery, and Home Assistant has time to let its entity ids go", async () => {
  const { clock, retained, seen } = await kept({ remembered: ["ha/gone", "ha/1"] });
  const discovered = () => seen.published.map(({ topic }) => topic).filter((topic) => topic.startsWith("ha/"));
  retained.publishEverything();
  await expect.poll(() => seen.removed).toEqual(["ha/gone"]);
  // Another reason to publish does not bring it earlier.
  retained.publishEverything();
  expect(discovered()).toEqual([]);
  await clock.advance(LIMITS.birthDelayMs);
  expect(discovered()).toEqual(["ha/1", "ha/2", "ha/3"]);
});
