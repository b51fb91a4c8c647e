import { expect, test } from "vitest";
import { type BridgeStatus, healthDocument, infoDocument, type PersonStatus, statusDocument } from "../src/status.ts";
import { START } from "./support/open-store.ts";

const bridge: BridgeStatus = {
  version: "1.0.0",
  generation: "wbs",
  people: 2,
  waitingForConsent: ["bob"],
  lastNotificationAt: START,
  waiting: { hints: 1, oldestHintAt: START, owed: 2, oldestOwedAt: START, parked: 3 },
  unreadableFields: 1,
  callbacks: { taken: 1, others: 8, probes: 2, unknownUsers: 3, malformed: 4, refused: 5, failed: 6, dropped: 7 },
};
const ada: PersonStatus = {
  slug: "ada",
  problem: { code: "not_shared", message: "m", remedy: "r" },
  subscription: null,
  lastPollAt: START,
  nextPollAt: START + 60,
  oldestHintAt: START - 60,
  lastWeighInAt: null,
};
const figures = {
  problem: ada.problem,
  last_poll: "2026-03-01T07:00:00.000Z",
  next_poll: "2026-03-01T07:01:00.000Z",
  last_weigh_in: null,
};

test("the info document is as long for ten thousand people as for one", () => {
  expect(infoDocument(bridge)).toEqual({
    schema: 1,
    version: "1.0.0",
    generation: "wbs",
    people: 2,
    waiting_for_consent: 1,
    last_notification: "2026-03-01T07:00:00.000Z",
    waiting: { hints: 1, oldest_hint: "2026-03-01T07:00:00.000Z", owed: 2, parked: 3 },
    unreadable_fields: 1,
    callbacks: { taken: 1, others: 8, probes: 2, unknown_users: 3, malformed: 4, refused: 5, failed: 6, dropped: 7 },
  });
  const long = JSON.stringify(infoDocument({ ...bridge, people: 10_000 })).length;
  expect(long).toBe(JSON.stringify(infoDocument({ ...bridge, people: 1 })).length + 4);
});

test("a person's status and the health request say the same", () => {
  expect(statusDocument(ada)).toEqual({ schema: 1, ...figures });
  expect(healthDocument(bridge, [ada]).people).toEqual([
    { person: "ada", ...figures, subscription: "none", oldest_hint: "2026-03-01T06:59:00.000Z" },
  ]);
});

test("a bridge that only polls has no callbacks to count", () => {
  expect(infoDocument({ ...bridge, callbacks: null, lastNotificationAt: null })).toMatchObject({
    callbacks: null,
    last_notification: null,
  });
});
