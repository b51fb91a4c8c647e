import { systemClock } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import type { Person } from "@weighbridge/simulator";
import { expect, test } from "vitest";
import { openGrants } from "../src/grants/grants.ts";
import { type House, house, moving } from "./support/todays-house.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A household that is called back, with its three subscriptions made. */
async function subscribed(around?: (at: House, ada: Person) => void) {
  const at = await house();
  const ada = at.sim.person("Ada");
  const clock = new ManualClock(at.sim.clock.now());
  await at.consents(ada, clock);
  around?.(at, ada);
  const bridge = await at.start({ clock });
  await moving(at, clock, () => own(at, ada, bridge.callbackUrl).length === 3 && made(at) === 1);
  return { at, ada, clock, bridge };
}

const own = ({ app }: House, person: Person, url: string | undefined) =>
  app.subscriptionsOf(person).filter(({ callbackUrl }) => callbackUrl === url);

const made = ({ log }: House) => log.lines.filter((line) => line.includes("The subscription was made")).length;

const calls = ({ sim }: House, action: string) =>
  sim.log.filter((entry) => entry.kind === "call" && entry.action === action);

/** Makes everything due that comes within a day; it takes calls, and no more time. */
async function dayPasses({ sim }: House, clock: ManualClock): Promise<void> {
  sim.clock.advance(DAY_MS);
  await clock.advance(DAY_MS);
}

/** Lets the bridge look at its subscriptions so many times more. */
async function looked(at: House, clock: ManualClock, times: number): Promise<void> {
  const before = calls(at, "list").length;
  await moving(at, clock, () => calls(at, "list").length >= before + times, DAY_MS);
}

test("one of three categories that the service dropped is subscribed again within a day, and the others are left alone", async () => {
  const { at, ada, clock, bridge } = await subscribed();
  const before = calls(at, "subscribe").length;
  at.app.losesSubscription(ada, 4);
  await dayPasses(at, clock);
  await moving(at, clock, () => own(at, ada, bridge.callbackUrl).length === 3, 1_000);
  const again = calls(at, "subscribe").slice(before);
  expect(again.map((entry) => entry.kind === "call" && entry.parameters["appli"])).toEqual(["4"]);
  expect(calls(at, "revoke")).toEqual([]);
});

test("subscriptions of another installation outlive start, stop, a new address and the removal of the person", async () => {
  const theirs = { appli: 1, callbackUrl: "https://theirs.example.org/hook", comment: null };
  const { at, ada, clock, bridge } = await subscribed((around, person) => around.app.hasSubscription(person, theirs));
  await bridge.stop();
  const moved = await at.start({ clock });
  expect(moved.callbackUrl).not.toBe(bridge.callbackUrl);
  await moving(at, clock, () => own(at, ada, moved.callbackUrl).length === 3);
  await moving(at, clock, () => own(at, ada, bridge.callbackUrl).length === 0);
  await moving(at, clock, () => made(at) === 2);
  await moved.stop();
  await at.consents(at.sim.person("Bob"), clock);
  await at.start({ clock, people: [{ slug: "bob", name: "Bob" }] });
  await moving(at, clock, () => own(at, ada, moved.callbackUrl).length === 0);
  expect(at.app.subscriptionsOf(ada)).toMatchObject([theirs]);
});

test("subscriptions of another installation are told once, however often they are looked at", async () => {
  const theirs = { appli: 1, callbackUrl: "https://theirs.example.org/hook", comment: null };
  const { at, clock } = await subscribed((around, person) => around.app.hasSubscription(person, theirs));
  await looked(at, clock, 3);
  const told = at.log.lines.filter((line) => line.includes("Another installation shares the application"));
  expect(told).toEqual([expect.stringContaining('"subscriptions":1')]);
});

test("an earlier address of this bridge is not taken for another installation", async () => {
  const { at, ada, clock, bridge } = await subscribed();
  await bridge.stop();
  const moved = await at.start({ clock });
  await moving(at, clock, () => own(at, ada, moved.callbackUrl).length === 3);
  await moving(at, clock, () => own(at, ada, bridge.callbackUrl).length === 0);
  expect(at.log.lines.filter((line) => line.includes("Another installation"))).toEqual([]);
});

test("subscriptions that another installation ended are back within a day, which is told once", async () => {
  const { at, ada, clock, bridge } = await subscribed();
  for (const appli of [1, 4, 46]) at.app.losesSubscription(ada, appli);
  await dayPasses(at, clock);
  await moving(at, clock, () => made(at) === 2, 1_000);
  expect(own(at, ada, bridge.callbackUrl)).toHaveLength(3);
  await looked(at, clock, 3);
  expect(made(at)).toBe(2);
  ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => at.on("people/ada/weigh_in").length > 0, 13_000);
});

test("an address that the service refuses leaves polling, and says what to check", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  const clock = new ManualClock(at.sim.clock.now());
  await at.consents(ada, clock);
  at.sim.fail("293", { action: "subscribe" });
  await at.start({ clock });
  await moving(at, clock, () => at.on("people/ada/subscription").some((text) => text.includes('"failed"')));
  const { problem } = at.last("people/ada/subscription") as { problem: { code: string; remedy: string } };
  expect(problem.code).toBe("callback_url_refused");
  for (const words of ["https", "host name", "443", "HEAD"]) expect(problem.remedy).toContain(words);
  ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => at.on("people/ada/weigh_in").length > 0, MINUTE_MS);
  expect(at.last("people/ada/status")).toMatchObject({ problem: null });
});

test("a weigh-in that is deleted at the service leaves the values where it calls back, and also where it does not", async () => {
  const { at, ada, clock } = await subscribed();
  ada.weighsIn({ weight: 70, at: at.sim.clock.seconds() - 7_200 });
  const second = ada.weighsIn({ weight: 71, at: at.sim.clock.seconds() - 3_600 });
  const third = ada.weighsIn({ weight: 72 });
  await moving(at, clock, () => at.last("people/ada/state")["weight"] === 72, 13_000);
  ada.deletes(third.grpid);
  await moving(at, clock, () => at.last("people/ada/state")["weight"] === 71, 13_000);
  at.sim.fail("lose-callbacks");
  ada.deletes(second.grpid);
  await moving(at, clock, () => at.last("people/ada/state")["weight"] === 70, HOUR_MS);
  expect(at.last("people/ada/weigh_in")).toMatchObject({ event_type: "weigh_in_deleted", weigh_in: second.grpid });
});

test("a consent that was just given is not renewed by a start, nor by the next one", async () => {
  const { at, clock, bridge } = await subscribed();
  await bridge.stop();
  await at.start({ clock });
  await at.until("people/ada/availability", "online");
  expect(calls(at, "requesttoken")).toEqual([]);
});

test("a bridge that stops and starts goes on with the pair of tokens that it renewed", async () => {
  const { at, ada, clock, bridge } = await subscribed();
  await moving(at, clock, () => calls(at, "requesttoken").length > 0, HOUR_MS);
  await at.sim.settled();
  await bridge.stop();
  await at.start({ clock });
  ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => at.on("people/ada/weigh_in").length > 0, 13_000);
  expect(at.sim.log.filter((entry) => entry.kind === "call" && entry.status === 503)).toEqual([]);
});

test("an old copy of the tokens that comes back says that another installation may use this consent", async () => {
  const { at, ada, clock, bridge } = await subscribed();
  at.app.hasQuirks({ rotatesStrictly: true });
  const grants = openGrants(at.directory, systemClock);
  const old = await grants.read("ada");
  await moving(at, clock, () => calls(at, "requesttoken").length > 0, HOUR_MS);
  ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => at.on("people/ada/weigh_in").length > 0, 13_000);
  await bridge.stop();
  await grants.remove("ada");
  if (old) await grants.write("ada", old);
  await at.start({ clock });
  await moving(at, clock, () => at.on("people/ada/availability").at(-1) === "offline", MINUTE_MS);
  expect(at.last("people/ada/status")).toMatchObject({
    problem: { code: "grant_ended", remedy: expect.stringContaining("another installation uses this consent") },
  });
});

test("an ended consent shows everywhere from the first refused renewal on, and nowhere after a new one", async () => {
  const { at, ada, clock } = await subscribed();
  const known = () => at.on("people/ada/weigh_in").length;
  ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => known() === 1, 13_000);
  at.sim.fail("lose-callbacks");
  at.app.unlinks(ada);
  await moving(at, clock, () => at.on("people/ada/availability").at(-1) === "offline", 15 * MINUTE_MS);
  expect(at.last("people/ada/status")).toMatchObject({ problem: { code: "grant_ended" } });
  const told = () => at.on("bridge/event").filter((text) => text.includes("grant_ended")).length;
  expect(told()).toBe(1);
  at.sim.heal();
  await at.consents(ada, clock);
  await moving(at, clock, () => at.on("people/ada/availability").at(-1) === "online");
  expect(at.last("people/ada/status")).toMatchObject({ problem: null });
  ada.weighsIn({ weight: 69 });
  await moving(at, clock, () => known() === 2, 5 * MINUTE_MS);
  expect(at.on("people/ada/weigh_in").map((text) => JSON.parse(text).weight)).toEqual([70, 69]);
  expect(told()).toBe(1);
});

test("two groups of one second lose no weight and are one event", async () => {
  const { at, ada, clock } = await subscribed();
  const { date } = ada.weighsIn({ weight: 70 });
  ada.adds({ attrib: 0, date, measures: [{ type: 6, value: 215, unit: -1 }] });
  await moving(at, clock, () => JSON.stringify(at.last("people/ada/state")).includes("21.5"), 13_000);
  const events = at.on("people/ada/weigh_in").map((text) => JSON.parse(text));
  expect(events.filter(({ event_type }) => event_type === "weigh_in")).toHaveLength(1);
  expect(at.last("people/ada/state")).toMatchObject({ weight: 70, fat_ratio: 21.5 });
});

test("two installations with one application and one person keep each other's subscriptions, and calls that collide are only late", async () => {
  const { at, ada, clock, bridge } = await subscribed();
  const grant = await openGrants(at.directory, systemClock).read("ada");
  const other = await house(at);
  if (grant) await openGrants(other.directory, systemClock).write("ada", grant);
  const second = await other.start({ clock });
  await moving(at, clock, () => own(at, ada, second.callbackUrl).length === 3);
  const until = at.sim.clock.now() + 2 * DAY_MS;
  ada.weighsIn({ weight: 70 });
  await moving(at, clock, () => [at, other].every((one) => one.on("people/ada/weigh_in").length === 1), 13_000);
  await moving(at, clock, () => at.sim.clock.now() > until, 6 * HOUR_MS);
  expect(own(at, ada, bridge.callbackUrl)).toHaveLength(3);
  expect(own(at, ada, second.callbackUrl)).toHaveLength(3);
  expect(calls(at, "revoke")).toEqual([]);
  for (const one of [at, other])
    expect(one.on("people/ada/status").filter((text) => text.includes("too_many_requests"))).toEqual([]);
});
