import { expect, test } from "vitest";
import { Rounds } from "../../src/follow/rounds.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";
import { away, DAY, follow, quiet, refusal, START, ToldApi } from "./world.ts";

const windows = ({ api }: { api: ToldApi }) => api.of("window").map(({ query }) => query);

test("the first hint starts a sync at once, without the clock moving", async () => {
  const ada = await follow();
  ada.weighIn(1, START);
  await ada.hint(START);
  expect(windows(ada)).toEqual([{ from: START - 1, to: START + 2 }]);
  expect(ada.api.of("window")[0]?.priority).toBe("hint");
  expect(ada.kinds()).toEqual(["weigh_in"]);
  expect(await ada.store.hints(9)).toEqual([]);
});

test("hints that come while a sync runs, or soon after, become one more", async () => {
  const ada = await follow();
  const gate = Promise.withResolvers<void>();
  ada.api.hold = () => gate.promise;
  for (const at of [START, START + 1, START + 2]) await ada.hint(at);
  gate.resolve();
  await quiet();
  await ada.hint(START + 3);
  expect(windows(ada)).toHaveLength(1);
  await ada.pass(2);
  expect(windows(ada)).toHaveLength(2);
});

test.each([1, 30, 300, 1_790])("a weigh-in that shows %d s after its callback becomes an event", async (afterS) => {
  const ada = await follow();
  await ada.hint(START);
  await ada.pass(afterS, 10);
  ada.weighIn(1, START);
  ada.api.fail = ({ what }) => (what === "poll" ? away() : undefined);
  await ada.pass(1_800 - afterS + 2, 10);
  expect(ada.kinds()).toEqual(["weigh_in"]);
  expect(await ada.store.hints(9)).toEqual([]);
});

test("a hint that shows nothing is asked for five times, each 12 s or more apart, and dropped", async () => {
  const ada = await follow();
  await ada.hint(START);
  expect(ada.follower.status.oldestHintAt).toBe(START);
  await ada.pass(2_000, 5);
  const at = ada.api.of("window").map((call) => call.at);
  expect(at).toEqual([0, 15, 60, 300, 1_800]);
  expect(await ada.store.hints(9)).toEqual([]);
  expect(ada.follower.status.oldestHintAt).toBeNull();
});

test("the time of the next poll stays the same while nothing happens", async () => {
  const ada = await follow({ clock: new ManualClock(START * 1000 + 500) });
  await ada.hint(START);
  const times = new Set<number>();
  for (let step = 0; step < 20; step++) {
    times.add(ada.follower.status.nextPollAt);
    await ada.clock.advance(130);
  }
  expect(times.size).toBe(1);
});

test("a hint goes on waiting over a restart, with the tries that it had", async () => {
  const ada = await follow();
  await ada.hint(START);
  await ada.pass(20, 5);
  await ada.stop();
  const again = await follow({ clock: ada.clock, store: ada.store });
  await again.pass(50, 5);
  expect(again.api.of("window").map(({ at }) => at)).toEqual([60]);
});

test("the same window hinted again and again is never asked for within 12 s, and holds up no other", async () => {
  const ada = await follow();
  for (let second = 0; second < 60; second++) {
    await ada.hint(START);
    if (second === 30) await ada.hint(START + 5_000);
    await ada.pass(1);
  }
  const same = ada.api
    .of("window")
    .filter(({ query }) => "from" in (query ?? {}) && (query as { from: number }).from === START - 1);
  for (const [index, { at }] of same.entries())
    if (index > 0) expect(at - (same[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(12);
  const other = ada.api.of("window").find(({ query }) => (query as { from: number }).from === START + 4_999);
  expect(other?.at).toBeLessThanOrEqual(33);
});

test("a window that the API keeps failing holds up no other, also after a restart", async () => {
  const ada = await follow();
  const bogus = START + 3_600;
  const fail: ToldApi["fail"] = ({ query }) =>
    query && "from" in query && query.from > START + 3_000 ? away() : undefined;
  ada.api.fail = fail;
  await ada.hint(bogus);
  for (let minute = 1; minute <= 3; minute++) {
    await ada.pass(60, 5);
    ada.weighIn(minute, START + 60 * minute);
    await ada.hint(START + 60 * minute);
    expect(ada.kinds()).toHaveLength(minute);
  }
  await ada.stop();
  const again = await follow({ clock: ada.clock, store: ada.store, api: ada.api });
  again.weighIn(9, START + 181);
  await again.hint(START + 181);
  expect(again.kinds()).toHaveLength(4);
  await again.pass(2_000, 10);
  expect(await again.store.hints(9)).toEqual([]);
});

test("many windows that fail delay a real one by no more than a turn", async () => {
  const ada = await follow();
  ada.api.fail = ({ query }) => (query && "from" in query && query.from > START + 3_000 ? away() : undefined);
  for (let index = 0; index < 12; index++)
    await ada.store.takeHint({ from: START + 4_000 + 10 * index, to: START + 4_001 + 10 * index }, START);
  ada.weighIn(1, START);
  await ada.hint(START);
  await ada.pass(3);
  expect(ada.kinds()).toEqual(["weigh_in"]);
});

test("a window that is refused for good is followed by one poll and dropped", async () => {
  const ada = await follow();
  await ada.pass(60, 5);
  ada.api.fail = ({ what }) => (what === "window" ? refusal(304, "comment_refused") : undefined);
  const polls = ada.api.of("poll").length;
  await ada.hint(START + 9_000);
  expect(await ada.store.hints(9)).toEqual([]);
  expect(ada.api.of("poll")).toHaveLength(polls + 1);
});

test("a hint without a window is followed by a poll at once, and by a re-read", async () => {
  const ada = await follow();
  await ada.pass(60, 5);
  ada.weighIn(1, START + 50);
  await ada.hint(null);
  expect(ada.kinds()).toEqual(["weigh_in"]);
  expect(ada.api.of("window").at(-1)?.query).toMatchObject({ to: expect.any(Number) });
});

test("sixty requests become one poll, and a hint does not wait for it", async () => {
  const ada = await follow();
  await ada.pass(60, 5);
  const before = ada.api.of("poll").length;
  const gate = Promise.withResolvers<void>();
  ada.api.hold = ({ what }) => (what === "poll" ? gate.promise : undefined);
  for (let request = 0; request < 60; request++) {
    ada.follower.requestPoll();
    await ada.wake();
  }
  ada.weighIn(1, START + 60);
  await ada.hint(START + 60);
  expect(ada.kinds()).toEqual(["weigh_in"]);
  gate.resolve();
  await ada.pass(30);
  expect(ada.api.of("poll").length - before).toBeLessThanOrEqual(4);
});

test("ten requests a second make no more polls than one every 12 s", async () => {
  const ada = await follow();
  for (let second = 0; second < 60; second++) {
    for (let request = 0; request < 10; request++) {
      ada.follower.requestPoll();
      await ada.wake();
    }
    await ada.pass(1);
  }
  expect(ada.api.of("poll").length).toBeLessThanOrEqual(7);
});

test("after an outage a fresh hint is tried at once", async () => {
  const ada = await follow();
  ada.api.fail = away;
  ada.follower.requestPoll();
  await ada.wake();
  await ada.pass(60, 5);
  ada.api.fail = () => undefined;
  ada.weighIn(1, START + 60);
  await ada.hint(START + 60);
  expect(ada.kinds()).toEqual(["weigh_in"]);
});

test("during an outage hints wait on disk, and come as soon as the API answers again", async () => {
  const ada = await follow();
  ada.api.fail = away;
  ada.weighIn(1, START + 1);
  await ada.hint(START + 1);
  await ada.pass(7_200, 20);
  expect(ada.api.calls.length).toBeLessThan(120);
  expect(await ada.store.hints(9)).toHaveLength(1);
  ada.api.fail = () => undefined;
  await ada.pass(301, 20);
  expect(ada.kinds()).toEqual(["weigh_in"]);
});

test("a single refusal between good answers holds nothing up and is no problem", async () => {
  const ada = await follow();
  let refusals = 1;
  ada.api.fail = () => (refusals-- > 0 ? refusal(250) : undefined);
  ada.weighIn(1, START);
  await ada.hint(START);
  await ada.pass(20, 1);
  ada.weighIn(2, START + 20);
  await ada.hint(START + 20);
  expect(ada.kinds()).toEqual(["weigh_in", "weigh_in"]);
  expect(ada.problems).toEqual([]);
});

test("a refusal that repeats is a problem until the API answers, and is tried seldom", async () => {
  const ada = await follow();
  ada.api.fail = () => refusal(250);
  ada.follower.requestPoll();
  await ada.wake();
  await ada.pass(3_600, 15);
  expect(ada.problems).toMatchObject([{ code: "not_shared", remedy: "Turn sharing on." }]);
  expect(ada.api.of("poll").length).toBeLessThan(9);
  ada.api.fail = () => undefined;
  await ada.pass(900, 15);
  expect(ada.problems.at(-1)).toBeNull();
  expect(ada.recovered).toEqual(["poll"]);
});

test("after two missed polls the data is late, until a poll succeeds", async () => {
  const ada = await follow();
  ada.api.fail = away;
  await ada.pass(900, 30);
  expect(ada.problems).toEqual([]);
  await ada.pass(2_400, 30);
  expect(ada.problems).toMatchObject([{ code: "data_late", message: expect.stringContaining("does not answer") }]);
  ada.api.fail = () => undefined;
  await ada.pass(301, 30);
  expect(ada.problems.at(-1)).toBeNull();
});

test("an unexpected error is reported once, ends nothing, and is tried again", async () => {
  const ada = await follow();
  ada.api.fail = () => new TypeError("undefined is not a function");
  ada.follower.requestPoll();
  await ada.wake();
  await ada.pass(60, 5);
  expect(ada.failures).toHaveLength(1);
  ada.api.fail = () => undefined;
  ada.weighIn(1, START + 60);
  await ada.pass(300, 15);
  expect(ada.kinds()).toEqual(["weigh_in"]);
});

test("a store that fails for a moment loses no hint", async () => {
  const ada = await follow();
  const { store } = ada;
  const load = store.load.bind(store);
  store.load = () => Promise.reject(new Error("disk full"));
  ada.weighIn(1, START);
  await ada.hint(START);
  await ada.pass(10);
  expect(ada.failures).toMatchObject([{ chore: "hints" }]);
  store.load = load;
  await ada.pass(60, 5);
  expect(ada.kinds()).toEqual(["weigh_in"]);
});

test.each([-90, -3_600, -4 * 365 * DAY, 4 * 365 * DAY])(
  "a wall clock that is set by %d s delays nothing",
  async (byS) => {
    const ada = await follow();
    await ada.pass(30, 5);
    await ada.hint(START + 30);
    ada.clock.set(ada.clock.now() + byS * 1000);
    const polls = ada.api.of("poll").length;
    await ada.pass(15, 5);
    expect(ada.api.of("window")).toHaveLength(2);
    await ada.pass(900, 30);
    expect(ada.api.of("poll").length).toBeGreaterThan(polls);
    const now = Math.floor(ada.clock.now() / 1000);
    ada.weighIn(1, now);
    await ada.hint(now);
    expect(ada.kinds()).toHaveLength(1);
  },
);

test("after a start with a clock that was years ahead before, nothing waits for years", async () => {
  const later = START + 4 * 365 * DAY;
  const subscription = {
    status: "active",
    callbackUrl: "http://home.example.org/w",
    checkedAt: later,
    nextCheckAt: later + DAY,
  } as const;
  const callback = { url: "http://home.example.org/w", comment: "Weighbridge" };
  const ada = await follow({ callback, record: { subscription, memory: { rereadAt: later, profileAt: later } } });
  await ada.pass(5);
  const done = ["poll", "profile", "window", "subscription"] as const;
  for (const what of done) expect(ada.api.of(what).length, what).toBeGreaterThan(0);
});

test("a restart repeats neither the profile nor the re-read of the day", async () => {
  const ada = await follow();
  await ada.pass(10);
  expect(ada.api.of("profile")).toEqual([]);
  expect(ada.api.of("window")).toEqual([]);
  await ada.pass(DAY, 600);
  expect(ada.api.of("profile")).toHaveLength(1);
  expect(ada.store.record.memory.profileAt).toBeGreaterThan(START + 0.89 * DAY);
});

test("one person's slowness holds up nobody else", async () => {
  const clock = new ManualClock(START * 1000);
  const rounds = new Rounds(clock, { parallel: 2 });
  const slow = [];
  for (let index = 0; index < 5; index++) {
    const api = new ToldApi(clock, String(index));
    api.hold = () => new Promise(() => {});
    slow.push(await follow({ clock, rounds, api }));
  }
  const zoe = await follow({ clock, rounds });
  zoe.weighIn(1, START);
  await zoe.hint(START);
  expect(zoe.kinds()).toEqual(["weigh_in"]);
  await zoe.pass(30);
  expect(zoe.api.of("poll").length).toBeGreaterThan(0);
});

test("a clock that is ten years behind the API's is reported once, and one that is right is not", async () => {
  const ada = await follow();
  expect(ada.oddClocks).toEqual([]);
  const clock = new ManualClock((START - 3_650 * DAY) * 1000);
  const api = new ToldApi(clock);
  const serve = api.measureGroups.bind(api);
  api.measureGroups = async function* (query, options) {
    for await (const page of serve(query, options)) yield { ...page, updateTime: START };
  };
  const odd = await follow({ clock, api });
  await odd.pass(3_600, 60);
  expect(odd.oddClocks).toHaveLength(1);
  expect(odd.oddClocks[0]).toBeGreaterThan(3_000 * DAY);
});
