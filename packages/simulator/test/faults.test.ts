import { ManualClock } from "@weighbridge/core/testing";
import { START, simulate } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { ask, call, keyOf, statusOf } from "./support/calls.ts";

const probe = "once/probe";

test("a status is answered as often as it was asked for, then all is well", async () => {
  const sim = await simulate();
  sim.fail("601").times(2);
  const statuses = [];
  for (let n = 0; n < 3; n++) statuses.push(await statusOf(sim, probe, {}));
  expect(statuses).toEqual([601, 601, 0]);
});

test("a fault without a count lasts until it is ended, or everything is healed", async () => {
  const sim = await simulate();
  const fault = sim.fail("2555");
  expect([await statusOf(sim, probe, {}), await statusOf(sim, probe, {})]).toEqual([2555, 2555]);
  fault.end();
  expect(await statusOf(sim, probe, {})).toBe(0);
  sim.fail("2555");
  sim.heal();
  expect(await statusOf(sim, probe, {})).toBe(0);
});

test("a fault can be meant for one service, or one action", async () => {
  const sim = await simulate();
  const key = keyOf(sim.person("Ada"));
  sim.fail("2555", { service: "measure" });
  sim.fail("601", { service: "user", action: "update" });
  expect(await statusOf(sim, probe, {})).toBe(0);
  expect(await statusOf(sim, "measure/getmeas", key)).toBe(2555);
  expect(await statusOf(sim, "user/getbyuserid", key)).toBe(0);
  expect(await statusOf(sim, "user/update", { ...key, ispublic: 1 })).toBe(601);
});

test("a fault changes nothing", async () => {
  const sim = await simulate();
  const ada = sim.person("Ada");
  sim.fail("2555").times(1);
  await ask(sim, "user/update", { ...keyOf(ada), ispublic: 0 });
  expect(ada.isSharing).toBe(true);
});

test("html: a maintenance page with HTTP 503", async () => {
  const sim = await simulate();
  sim.fail("html").times(1);
  const response = await call(sim, probe, {});
  expect([response.status, response.headers.get("content-type")]).toEqual([503, "text/html"]);
  expect(await response.text()).toContain("<html>");
});

test("http-500: an empty HTTP 500", async () => {
  const sim = await simulate();
  sim.fail("http-500").times(1);
  const response = await call(sim, probe, {});
  expect([response.status, await response.text()]).toEqual([500, ""]);
});

test("drop: the connection closes without an answer", async () => {
  const sim = await simulate();
  sim.fail("drop").times(1);
  await expect(call(sim, probe, {})).rejects.toThrow();
  expect(await statusOf(sim, probe, {})).toBe(0);
});

test("hang: no answer ever, until the simulator stops", async () => {
  const sim = await simulate();
  sim.fail("hang").times(1);
  const hanging = call(sim, probe, {});
  const ended = hanging.then(
    () => "answered",
    () => "cut",
  );
  await expect.poll(() => sim.log.length).toBe(1);
  expect(await statusOf(sim, probe, {})).toBe(0);
  await sim.stop();
  expect(await ended).toBe("cut");
});

test("slow: the right answer, after as long as it was asked for by the moved clock", async () => {
  const clock = new ManualClock(START * 1000);
  const sim = await simulate({ clock });
  sim.fail("slow", { ms: 5_000, action: "probe" }).times(1);
  let isAnswered = false;
  const answer = statusOf(sim, probe, {}).then((status) => {
    isAnswered = true;
    return status;
  });
  await expect.poll(() => clock.sleeping).toBe(1);
  sim.clock.advance(4_999);
  expect(await statusOf(sim, "once/get", {})).toBe(0);
  expect(isAnswered).toBe(false);
  sim.clock.advance(1);
  expect(await answer).toBe(0);
});

test("ignore-offset: every page is the first one", async () => {
  const sim = await simulate({ pageSize: 2 });
  const ada = sim.person("Ada");
  ada.hasHistory(6);
  const page = async (offset: number) =>
    (await ask(sim, "measure/getmeas", { ...keyOf(ada), offset, offsetby: offset })).body;
  const [first, second] = [await page(0), await page(2)];
  expect(second.measuregrps).not.toEqual(first.measuregrps);
  sim.fail("ignore-offset");
  expect((await page(2)).measuregrps).toEqual(first.measuregrps);
});

test("each fault stands in the log of calls", async () => {
  const sim = await simulate();
  for (const kind of ["html", "http-500", "2555"] as const) {
    sim.fail(kind).times(1);
    await call(sim, probe, {});
  }
  expect(sim.log).toMatchObject([
    { status: -1, reason: "fault on demand: html" },
    { status: -1, reason: "fault on demand: http-500" },
    { status: 2555, reason: "fault on demand" },
  ]);
});
