import { request } from "node:http";
import { ManualClock } from "@weighbridge/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { Live } from "../../src/admin/live.ts";
import { Recent } from "../../src/admin/recent.ts";
import { LIMITS } from "../../src/limits.ts";
import { adminUrl, ask, put } from "../support/admin.ts";
import { home, settledFor } from "../support/home.ts";

/** Listens to `/api/live` as a browser does. */
async function listening(base: string, lastEventId?: string) {
  const chunks: string[] = [];
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const status = await new Promise<number>((resolve, reject) => {
    const sent = request(new URL("/api/live", base), { headers, agent: false }, (message) => {
      message.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
      // The bridge ends it when it stops.
      message.on("error", () => {});
      resolve(message.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
    onTestFinished(() => void sent.destroy());
  });
  const entries = () =>
    [...chunks.join("").matchAll(/^id: \d+\ndata: (.*)$/gm)].map(([, json = ""]) => JSON.parse(json));
  return { status, entries, text: () => chunks.join("") };
}

test("a weigh-in shows live: the callback, then the event with its weight, then a changed status", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const live = await listening(adminUrl(at));
  at.ada.weighsIn({ weight: 68.45 });
  await expect.poll(() => live.entries().map(({ kind, code }) => `${kind} ${code}`)).toContain("event weigh_in");
  const entries = live.entries();
  expect(entries.find(({ kind }) => kind === "callback")).toMatchObject({ person: "ada", code: "taken" });
  expect(entries.find(({ kind }) => kind === "event")).toMatchObject({
    person: "ada",
    words: "weigh_in: 68.45 kg",
    data: { weight: 68.45, unit: "kg", event_type: "weigh_in" },
  });
  await expect.poll(() => live.text()).toContain("event: status\n");
  const ids = entries.map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  const { entries: recent } = (await ask(adminUrl(at), "/api/recent")).json();
  expect(recent).toEqual(expect.arrayContaining(entries));
});

test("a listener who comes back gets what was missed, and nothing twice", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const { entries } = (await ask(adminUrl(at), "/api/recent")).json();
  const [, second] = entries;
  const again = await listening(adminUrl(at), String(second.id));
  await expect.poll(() => again.entries().length).toBeGreaterThanOrEqual(entries.length - 2);
  expect(again.entries().slice(0, entries.length - 2)).toEqual(entries.slice(2));
  const restarted = await listening(adminUrl(at), "1000000");
  await expect.poll(() => restarted.entries().map(({ id }) => id)).toContain(entries[0].id);
});

test("a problem stands in the list with its code and remedy", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  at.ada.stopsSharing();
  await ask(adminUrl(at), "/api/requests/sync", put({ person: "ada" }));
  await at.subscriber.until(() => at.subscriber.on("weighbridge/people/ada/availability").includes("offline"));
  const { entries } = (await ask(adminUrl(at), "/api/recent")).json();
  const problem = {
    kind: "problem",
    person: "ada",
    code: expect.any(String),
    words: expect.stringContaining("Data of this person may be missing"),
  };
  expect(entries).toContainEqual(expect.objectContaining(problem));
});

test("the list keeps the newest entries only", () => {
  const recent = new Recent(new ManualClock(0));
  for (let n = 0; n < LIMITS.recentEntries + 5; n++)
    recent.add({ kind: "log", person: null, code: "info", words: `${n}` });
  expect(recent.all).toHaveLength(LIMITS.recentEntries);
  expect([recent.all[0]?.words, recent.all.at(-1)?.words]).toEqual(["5", "204"]);
});

test("more listeners than the limit are refused", async () => {
  const at = await home();
  await at.start();
  for (let n = 0; n < LIMITS.liveListeners; n++) expect((await listening(adminUrl(at))).status).toBe(200);
  expect((await ask(adminUrl(at), "/api/live")).json().error.code).toBe("too_many_listeners");
});

test("without a listener nothing waits and nothing beats", async () => {
  const clock = new ManualClock(0);
  const live = new Live(new Recent(clock), clock);
  live.statusChanged();
  expect(clock.sleeping).toBe(0);
});
