import { expect, test } from "vitest";
import { adminUrl, ask, put } from "../support/admin.ts";
import { home, settledFor } from "../support/home.ts";

test("the status shows the broker, the people with their last weigh-in, and nothing secret", async () => {
  const at = await home();
  const bridge = await at.start();
  await settledFor(at);
  at.ada.weighsIn({ weight: 68.45, fatRatio: 22.4 });
  await at.subscriber.until(() => at.events().length === 1);
  const { text, json } = await ask(adminUrl(at), "/api/status");
  expect(json()).toMatchObject({
    version: "0.0.0",
    generation: "wbs",
    broker: "online",
    has_callback: true,
    info: { schema: 1, people: 1, callbacks: { taken: expect.any(Number) } },
    problems: [],
    people: [
      {
        slug: "ada",
        name: "Ada",
        weight_unit: "kg",
        status: { problem: null, next_poll: expect.any(String) },
        subscription: { status: "active" },
        state: { weight: 68.45, fat_ratio: 22.4, bmi: 24.3 },
        last_weigh_in: { values: { weight: 68.45 }, attribution: "device" },
        held: 0,
      },
    ],
  });
  expect(text).not.toContain(at.ada.publicKey);
  expect(text).not.toContain(new URL(bridge.callbackUrl as string).pathname);
});

test("a person who stops sharing is a problem with a remedy, and with the moment it was first seen", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  at.ada.stopsSharing();
  await ask(adminUrl(at), "/api/requests/sync", put({ person: "ada" }));
  await at.subscriber.until(() => at.subscriber.on("weighbridge/people/ada/availability").includes("offline"));
  const { problems, people } = (await ask(adminUrl(at), "/api/status")).json();
  const words = { message: expect.any(String), remedy: expect.any(String), since: expect.any(String) };
  expect(problems).toEqual([{ person: "ada", part: "account", code: people[0].status.problem.code, ...words }]);
});

test("it is ready without a broker and without the API: what comes meanwhile waits on disk", async () => {
  const at = await home({ isBrokerUp: false });
  at.simulator.fail("drop").times(100);
  await at.start();
  expect((await ask(adminUrl(at), "/healthz")).status).toBe(200);
  const ready = await ask(adminUrl(at), "/readyz");
  expect([ready.status, ready.json()]).toEqual([200, { ready: true, reasons: [] }]);
  expect((await ask(adminUrl(at), "/api/status")).json().broker).toBe("offline");
});

test("a request over HTTP does what the same one over MQTT does, and fails with the same words", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const { grpid } = at.ada.weighsIn({ weight: 40, attribution: 1 });
  await at.subscriber.until(() => at.events().length === 1);
  const decision = { person: "ada", weigh_in: grpid, transaction: "t1" };
  const claimed = await ask(adminUrl(at), "/api/requests/claim", put(decision));
  const data = { person: "ada", weigh_in: grpid, verdict: "claimed" };
  expect(claimed.json()).toEqual({ schema: 1, status: "ok", data, transaction: "t1" });
  await at.subscriber.until(() => at.events().length === 2);
  expect(at.events()[1]).toMatchObject({ event_type: "weigh_in", weight: 40 });
  const unknown = await ask(adminUrl(at), "/api/requests/sync", put({ person: "bob" }));
  expect(unknown.status).toBe(200);
  expect(unknown.json()).toMatchObject({ status: "error", error: { code: "unknown_person" } });
});

test("a port that is taken costs the page, not the weigh-ins, and the log names the key", async () => {
  const at = await home();
  await at.start();
  const taken = Number(new URL(adminUrl(at)).port);
  const other = await home();
  await other.start({ admin: { port: taken } });
  await settledFor(other);
  const [line] = other.log.lines.filter((one) => one.startsWith("warn The status page is not served"));
  expect(line).toContain("admin.port");
});

test("switched off it listens nowhere, and a stop frees its port", async () => {
  const at = await home();
  const bridge = await at.start();
  const url = adminUrl(at);
  await bridge.stop();
  await expect(ask(url, "/healthz")).rejects.toThrow("ECONNREFUSED");
  const quiet = await home();
  await quiet.start({ admin: { enabled: false } });
  expect(quiet.log.lines.join()).not.toContain("status page");
});

test("the bridge's device in Home Assistant links to the page where the household can open it", async () => {
  const at = await home();
  const discovery = await at.broker.subscribe("homeassistant/#");
  const bridge = () => discovery.received.findLast(({ payload }) => payload.includes("MQTT bridge"))?.payload ?? "{}";
  await at.start({ admin: { url: "http://192.168.1.10:8481" } });
  await expect.poll(() => JSON.parse(bridge()).device?.configuration_url).toBe("http://192.168.1.10:8481");
});
