import { freePort } from "@weighbridge/testing";
import { expect, test, vi } from "vitest";
import { startHouse } from "../support/bridge-process.ts";

// Each test starts some Nodes.
vi.setConfig({ testTimeout: 60_000 });

test("where no bridge answers, each command that needs one says how to start it, and ends with 1", async () => {
  const { run, admin } = await startHouse();
  for (const args of [["status"], ["claim", "7", "--person", "ada"], ["subscriptions", "list"]]) {
    const { code, out, err } = await run(...args);
    expect({ code, out }, args.join(" ")).toEqual({ code: 1, out: "" });
    expect(err).toContain(`no bridge answers at ${admin}`);
    expect(err).toContain("weighbridge run");
  }
  expect(JSON.parse((await run("status", "--json")).out)).toMatchObject({ error: { code: "bridge_unreachable" } });
});

test("status shows people and problems with remedies, sync polls, and a weigh-in arrives", async () => {
  const { ada, bob, broker, run, start } = await startHouse();
  ada.weighsIn({ weight: 68.45 });
  await start();
  const events = await broker.subscribe("weighbridge/people/ada/weigh_in");
  const good = await run("status");
  expect(good).toMatchObject({ code: 0, err: "" });
  expect(good.out).toContain("✓ broker online");
  expect(good.out).toMatch(/Ada \(ada\): 68\.45 kg at /);
  ada.weighsIn({ weight: 68.2 });
  const synced = await run("sync", "--person", "ada");
  expect(synced).toMatchObject({ code: 0, err: "" });
  expect(synced.out).toMatch(/^✓ ada:\n {2}weigh-in, 68\.2 kg \(-0\.25 kg\) at 20\S+ \S+\n$/);
  await events.until(() => events.received.length > 0);
  expect(await run("sync", "--no-wait", "--person", "ada")).toMatchObject({ out: "The bridge polls now for ada.\n" });
  bob.weighsIn({ weight: 80, attribution: 1 });
  expect(JSON.parse((await run("sync", "--json")).out)).toMatchObject({
    people: ["ada", "bob"],
    results: [
      { person: "ada", events: [], error: null },
      { person: "bob", events: [{ event_type: "weigh_in_ambiguous", weight: 80 }], error: null },
    ],
  });
  expect(await run("sync", "--person", "eve")).toMatchObject({
    code: 1,
    err: expect.stringContaining("configuration: ada, bob"),
  });
  bob.stopsSharing();
  const failed = await run("sync");
  expect(failed.code).toBe(1);
  expect(failed.out).toContain("✓ ada: nothing new\n");
  expect(failed.out).toMatch(/✗ bob: .+\n {4}.+ The bridge tries again in \d+ s\.\n/);
  await expect.poll(async () => (await run("status")).code, { timeout: 20_000 }).toBe(1);
  const { out } = await run("status");
  expect(out).toContain("✗ bob, account:");
});

test("claim makes a held weigh-in count, refuse does not, and the person is found by itself", async () => {
  const { ada, broker, run, start } = await startHouse();
  await start();
  const events = await broker.subscribe("weighbridge/people/ada/weigh_in");
  const kinds = () => events.received.map(({ payload }) => JSON.parse(payload).event_type);
  const [first, second] = [80, 81].map((weight) => ada.weighsIn({ weight, attribution: 1 }).grpid);
  await run("sync");
  await events.until(() => kinds().length === 2);
  expect(await run("claim", String(first))).toMatchObject({ code: 0, out: `Weigh-in ${first} counts for ada.\n` });
  await events.until(() => kinds().includes("weigh_in"));
  const { code, out } = await run("refuse", String(second), "--json");
  expect({ code, answer: JSON.parse(out) }).toEqual({
    code: 0,
    answer: { person: "ada", weigh_in: second, verdict: "refused" },
  });
  const nothing = await run("claim", "4711");
  expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining("weigh-ins --held") });
});

test("subscriptions are listed, checked, renewed and ended; while the bridge runs nobody ends them", async () => {
  const port = await freePort();
  const { ada, bob, run, start } = await startHouse({
    callback: { public_url: `http://127.0.0.1:${port}`, host: "127.0.0.1", port },
  });
  const bridge = await start();
  const stands = async () =>
    JSON.parse((await run("subscriptions", "list", "--json")).out).subscriptions.map(
      ({ status }: { status: string }) => status,
    );
  // The API takes a pause between two subscribes.
  await expect.poll(stands, { timeout: 20_000 }).toEqual(["active", "active"]);
  expect(await run("subscriptions", "check", "--person", "bob")).toMatchObject({
    code: 0,
    out: expect.stringContaining("✓ bob: active"),
  });
  ada.subscriptions.lose();
  expect(ada.subscriptions.live).toHaveLength(0);
  expect(await run("subscriptions", "renew", "--person", "ada")).toMatchObject({ code: 0, out: "ada is renewed.\n" });
  expect(ada.subscriptions.live).toHaveLength(1);
  expect(await run("subscriptions", "end")).toMatchObject({ code: 1, err: expect.stringContaining("Stop it first") });
  await bridge.stop();
  const ended = await run("subscriptions", "end", "--json");
  expect(JSON.parse(ended.out)).toEqual({
    ended: [
      { person: "ada", ended: true },
      { person: "bob", ended: true },
    ],
  });
  expect([ada, bob].flatMap(({ subscriptions }) => subscriptions.live)).toEqual([]);
});
