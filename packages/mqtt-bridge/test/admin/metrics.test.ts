import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { METRICS } from "../../src/admin/metric-names.ts";
import { adminUrl, ask, put } from "../support/admin.ts";
import { type Home, home, settledFor } from "../support/home.ts";

/** The samples of a scrape, by name with labels. */
async function scraped(at: Home): Promise<ReadonlyMap<string, number>> {
  const { status, text, headers } = await ask(adminUrl(at), "/metrics");
  expect([status, headers["content-type"]]).toEqual([200, expect.stringContaining("text/plain")]);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

test("a scrape shows callbacks with their durations, calls, events and subscriptions, also of before the first one", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  at.ada.weighsIn({ weight: 68.45 });
  await at.subscriber.until(() => at.events().length === 1);
  const first = await scraped(at);
  const taken = first.get('weighbridge_callbacks_total{outcome="taken"}');
  expect(taken).toBeGreaterThan(0);
  expect(first.get('weighbridge_callback_seconds_count{outcome="taken"}')).toBe(taken);
  expect(first.get('weighbridge_callback_seconds_bucket{le="+Inf",outcome="taken"}')).toBe(taken);
  expect(first.get('weighbridge_api_calls_total{outcome="ok"}')).toBeGreaterThan(2);
  expect(first.get('weighbridge_events_total{kind="weigh_in"}')).toBe(1);
  expect(first.get('weighbridge_subscriptions{state="active"}')).toBe(1);
  expect(first.get("weighbridge_broker_online")).toBe(1);
  expect(first.get('weighbridge_info{version="0.0.0",generation="wbs"}')).toBe(1);
  expect(first.get("process_resident_memory_bytes")).toBeGreaterThan(0);
  at.ada.weighsIn({ weight: 69 });
  await at.subscriber.until(() => at.events().length === 2);
  expect((await scraped(at)).get('weighbridge_events_total{kind="weigh_in"}')).toBe(2);
});

test("what waits for the broker, and for how long, is seen while the broker is away", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  await at.broker.goAway();
  at.ada.weighsIn({ weight: 68.45 });
  await expect.poll(async () => (await scraped(at)).get('weighbridge_outbox_rows{state="owed"}')).toBe(1);
  const waiting = await scraped(at);
  expect(waiting.get("weighbridge_broker_online")).toBe(0);
  expect(waiting.get("weighbridge_outbox_oldest_seconds")).toBeLessThan(600);
  expect(waiting.get("weighbridge_outbox_oldest_seconds")).toBeGreaterThan(0);
});

test("a problem is counted by its part and code, and is gone from the metrics with the problem", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const problems = async () => [...(await scraped(at)).keys()].filter((key) => key.includes("people_problems"));
  const key = at.ada.publicKey;
  at.ada.stopsSharing();
  await ask(adminUrl(at), "/api/requests/sync", put({}));
  await expect.poll(problems).toEqual([expect.stringMatching(/\{part="account",code="\w+"\}$/)]);
  at.ada.startsSharing();
  at.ada.publicKey = key;
  await ask(adminUrl(at), "/api/requests/sync", put({}));
  await expect.poll(problems).toEqual([]);
  const failed = [...(await scraped(at)).keys()].filter((key) => /api_calls_total\{outcome="(?!ok)/.test(key));
  expect(failed).not.toEqual([]);
});

test("the Grafana dashboard asks for metrics that there are, and for all of the bridge's own", () => {
  const text = readFileSync(new URL("../../../../deploy/grafana-dashboard.json", import.meta.url), "utf8");
  const asked = new Set([...text.matchAll(/\bweighbridge_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, "")));
  expect(asked).toEqual(new Set(Object.keys(METRICS)));
  for (const { expr } of JSON.parse(text).panels.flatMap(({ targets }: { targets: { expr: string }[] }) => targets))
    expect(expr).toMatch(/weighbridge_|process_(resident_memory_bytes|cpu_seconds_total)/);
});
