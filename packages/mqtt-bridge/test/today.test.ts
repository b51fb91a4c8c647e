import { systemClock } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import { simulate } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { openGrants } from "../src/grants/grants.ts";
import { LIMITS } from "../src/limits.ts";
import { house, moving } from "./support/todays-house.ts";

test("PUB-NOTIFY-2: a weigh-in of a person who consented arrives once, though it is called several times", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  await at.start();
  await at.subscriber.until(() => at.app.subscriptionsOf(ada).length === 1);
  const { grpid } = ada.weighsIn({ weight: 68.45, fatRatio: 21, heartPulse: 61 });
  await at.until("people/ada/weigh_in", "68.45");
  await at.sim.settled();
  expect(at.on("people/ada/weigh_in").map((text) => JSON.parse(text))).toMatchObject([
    { event_type: "weigh_in", person: "ada", weigh_in: grpid, weight: 68.45, fat_ratio: 21, heart_pulse: 61 },
  ]);
  expect(at.last("bridge/info")).toMatchObject({ generation: "public", people: 1, waiting_for_consent: 0 });
});

test("PUB-HOME-3, PUB-NOT-5: who has not consented yet is named with the command to run; the others work", async () => {
  const at = await house();
  const bob = at.sim.person("Bob");
  await at.consents(bob);
  const people = [
    { slug: "ada", name: "Ada" },
    { slug: "bob", name: "Bob" },
  ];
  await at.start({ people });
  await at.until("bridge/info", '"waiting_for_consent":1');
  const [line] = at.log.lines.filter((text) => text.includes("not followed yet"));
  expect(line).toContain("weighbridge authorize --person ada");
  await at.subscriber.until(() => at.app.subscriptionsOf(bob).length > 0);
  bob.weighsIn({ weight: 82 });
  await at.until("people/bob/weigh_in", '"weight":82');
});

test("PUB-CLI-4: a consent that is stored while the bridge runs is taken up within seconds", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  const clock = new ManualClock(Date.now());
  await at.start({ clock });
  await clock.advance(LIMITS.grantsLookedAtMs);
  expect(at.newcomers).toEqual([]);
  await at.consents(ada);
  await moving(at, clock, () => at.newcomers.length > 0);
  expect(at.newcomers).toEqual(["ada"]);
});

test.each([
  ["an unlink", "unlinks", "person_unlinked"],
  ["a deleted account", "deletes", "person_deleted"],
] as const)(
  "PUB-AUTH-16, PUB-NOTIFY-3: %s is noticed at once, shown everywhere, and over with a new consent",
  async (_, ends, code) => {
    const at = await house();
    const ada = at.sim.person("Ada");
    await at.consents(ada);
    const clock = new ManualClock(Date.now());
    await at.start({ clock });
    await moving(at, clock, () => at.app.subscriptionsOf(ada).length === 3);
    await at.until("people/ada/availability", "online");
    at.app[ends](ada);
    await moving(at, clock, () => at.on("people/ada/availability").at(-1) === "offline", 1_000);
    expect(at.last("people/ada/status")).toMatchObject({ problem: { code } });
    const told = () => at.on("bridge/event").map((text) => JSON.parse(text));
    expect(told().filter(({ event }) => event === "account_problem")).toMatchObject([{ code }]);
    await at.consents(ada);
    const consentedAt = clock.now();
    await moving(at, clock, () => at.on("people/ada/availability").at(-1) === "online");
    expect(at.last("people/ada/status")).toMatchObject({ problem: null });
    // The service had ended the subscriptions with the consent.
    await moving(at, clock, () => at.app.subscriptionsOf(ada).length === 3);
    expect(clock.now() - consentedAt).toBeLessThan(10 * 60_000);
  },
);

test("PUB-NOTIFY-3, PUB-USER-2: a new goal is read when the API says that the person changed", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  const clock = new ManualClock(Date.now());
  await at.start({ clock });
  await moving(at, clock, () => at.app.subscriptionsOf(ada).length === 3);
  ada.setsTarget({ weight: 65.5 });
  await moving(at, clock, () => at.on("people/ada/weigh_in").some((text) => text.includes("target_set")), 13_000);
  expect(at.last("people/ada/state")).toMatchObject({ target: 65.5 });
});

test("PUB-HOME-1, PUB-NOTIFY-12: equal userids of two generations do not meet, and each account has a path of its own", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  const other = await simulate();
  const bob = other.person("Bob", { userId: ada.userId });
  const accounts = [
    {
      ...{ id: "home", generation: "public", base_url: at.sim.url },
      ...{ client_id: "client", client_secret: "s3cr3t-of-the-application" },
    },
    { id: "old", generation: "wbs", base_url: other.url },
  ];
  const people = [
    { slug: "ada", name: "Ada", account: "home" },
    { slug: "bob", name: "Bob", account: "old", userid: bob.userId, publickey: bob.publicKey },
  ];
  await at.start({ accounts, people });
  await at.subscriber.until(() => at.app.subscriptionsOf(ada).length > 0 && bob.subscriptions.live.length > 0);
  const paths = [at.app.subscriptionsOf(ada)[0]?.callbackUrl, bob.subscriptions.live[0]?.callbackUrl];
  expect(new Set(paths).size).toBe(2);
  ada.weighsIn({ weight: 61 });
  bob.weighsIn({ weight: 92 });
  await at.until("people/ada/weigh_in", '"weight":61');
  await at.until("people/bob/weigh_in", '"weight":92');
  expect(at.on("people/ada/weigh_in")).toHaveLength(1);
  expect(at.on("people/bob/weigh_in")).toHaveLength(1);
});

test("PUB-USER-1: battery and last contact of the scale stand on a topic, and as diagnostics in discovery", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  const discovery = await at.broker.subscribe("homeassistant/#");
  await at.start();
  await at.until("people/ada/devices", "Body Comp");
  expect(at.last("people/ada/devices")).toMatchObject({
    scale: { model: "Body Comp", battery: "high", last_contact: expect.stringMatching(/^20/) },
    devices: [{ kind: "Scale" }],
  });
  const configs = () => discovery.received.map(({ payload }) => payload).filter((text) => text.includes('"Ada"'));
  await discovery.until(() => configs().length > 0);
  const { components } = JSON.parse(configs().at(-1) as string);
  expect(components.scale_battery).toMatchObject({
    platform: "sensor",
    device_class: "enum",
    entity_category: "diagnostic",
  });
  expect(components.scale_last_contact).toMatchObject({ device_class: "timestamp" });
});

test("PUB-MEAS-18: a claim is told to the service; that it does not hear changes nothing here", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  await at.start();
  await at.subscriber.until(() => at.app.subscriptionsOf(ada).length > 0);
  const { grpid } = ada.weighsIn({ weight: 71, attribution: 1 });
  await at.until("people/ada/weigh_in", "weigh_in_ambiguous");
  at.sim.fail("http-500", { action: "confirmuser" });
  const claim = JSON.stringify({ person: "ada", weigh_in: grpid });
  await at.subscriber.client.publishAsync("weighbridge/bridge/request/claim", claim);
  await at.until("people/ada/weigh_in", '"event_type":"weigh_in"');
  at.sim.heal();
  const other = ada.weighsIn({ weight: 72, attribution: 1 });
  await at.until("people/ada/weigh_in", `"weigh_in":${other.grpid}`);
  await at.subscriber.client.publishAsync(
    "weighbridge/bridge/request/claim",
    JSON.stringify({ person: "ada", weigh_in: other.grpid }),
  );
  await expect.poll(() => ada.history.find(other.grpid)?.attrib).toBe(7);
});

test("PUB-HOME-4, PUB-NOT-4: a person who is removed has no subscription left and keeps the consent; a stop alone ends nothing", async () => {
  const at = await house();
  const [ada, bob] = [at.sim.person("Ada"), at.sim.person("Bob")];
  for (const person of [ada, bob]) await at.consents(person);
  const both = [
    { slug: "ada", name: "Ada" },
    { slug: "bob", name: "Bob" },
  ];
  const clock = new ManualClock(Date.now());
  const bridge = await at.start({ clock, people: both });
  await moving(at, clock, () => [ada, bob].every((person) => at.app.subscriptionsOf(person).length === 3));
  await at.until("people/bob/subscription", "active");
  await bridge.stop();
  expect(at.app.subscriptionsOf(bob)).toHaveLength(3);
  await at.start({ clock, people: [{ slug: "ada", name: "Ada" }] });
  await moving(at, clock, () => at.app.subscriptionsOf(bob).length === 0);
  expect(at.app.subscriptionsOf(ada).length).toBeGreaterThan(0);
  expect(await openGrants(at.directory, systemClock).read("bob")).toBeDefined();
});

test("PUB-NOTIFY-5, PUB-NOT-9: no kind of callback is answered with an error where the path is right, and none publishes a value", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  const { callbackUrl = "" } = await at.start();
  const post = async (body: string) =>
    (await fetch(callbackUrl, { method: "POST", body: `userid=${ada.userId}&${body}` })).status;
  for (const body of [
    ...[
      "appli=46&action=unlink",
      "appli=46&action=update",
      "appli=16&date=2026-11-26",
      "appli=44&startdate=1&enddate=2",
    ],
    ...["appli=50&date=1", "appli=999", "appli=1&startdate=1&enddate=2&weight=99"],
  ])
    expect(await post(body), body).toBe(200);
  expect(JSON.stringify(at.on("people/ada/weigh_in"))).not.toContain("99");
});

test("PUB-NOTIFY-11: without a public URL nothing is subscribed and nothing is wrong; a request polls at once", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  const clock = new ManualClock(Date.now());
  await at.start({ clock, callback: false });
  // The first look is over: what comes now is news.
  await moving(at, clock, () => at.on("people/ada/status").some((text) => text.includes('"last_poll":"')), 100);
  ada.weighsIn({ weight: 70 });
  await at.subscriber.client.publishAsync("weighbridge/bridge/request/sync", '{"person":"ada"}');
  await moving(at, clock, () => at.on("people/ada/weigh_in").length > 0, 13_000);
  expect(at.app.subscriptionsOf(ada)).toEqual([]);
  expect(at.last("people/ada/subscription")).toMatchObject({ status: "none", problem: null });
  expect(at.last("people/ada/status")).toMatchObject({ problem: null });
});

test("PUB-AUTH-6: no secret and no token is in any line of the log", async () => {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  await at.start();
  await at.subscriber.until(() => at.app.subscriptionsOf(ada).length > 0);
  at.sim.fail("html").times(20);
  ada.weighsIn({ weight: 70 });
  await at.sim.settled();
  const grant = await openGrants(at.directory, systemClock).read("ada");
  const text = at.log.lines.join("\n");
  for (const secret of ["s3cr3t", grant?.accessToken ?? "", grant?.refreshToken ?? ""])
    expect(text).not.toContain(secret);
});

test("a grant file that cannot be used keeps one person waiting, with the remedy, and nobody else", async () => {
  const at = await house();
  const bob = at.sim.person("Bob");
  await at.consents(bob);
  const { mkdirSync, writeFileSync } = await import("node:fs");
  mkdirSync(`${at.directory}/grants`, { recursive: true, mode: 0o700 });
  writeFileSync(`${at.directory}/grants/ada.json`, "{torn", { mode: 0o600 });
  await at.start({
    people: [
      { slug: "ada", name: "Ada" },
      { slug: "bob", name: "Bob" },
    ],
  });
  await at.until("people/bob/availability", "online");
  expect(at.log.lines.join("\n")).toContain("is damaged");
});
