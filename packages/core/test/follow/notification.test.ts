import fc from "fast-check";
import { expect, test } from "vitest";
import { parseNotification } from "../../src/follow/notification.ts";

const FIELDS = "userid=41595&startdate=1294332510&enddate=1294332511";
const HINT = { kind: "notification", userId: "41595", from: 1_294_332_510, to: 1_294_332_511 };

test.each([
  ["the form body", { query: "", body: FIELDS }],
  ["the query, as the document shows it", { query: FIELDS, body: "" }],
  ["both, the body first", { query: "userid=1&startdate=1&enddate=2", body: FIELDS }],
  ["a body that only has the userid", { query: "startdate=1294332510&enddate=1294332511", body: "userid=41595" }],
])("WBS-NOTIFY-3: a notification is read from %s", (_, call) => {
  expect(parseNotification(call)).toEqual(HINT);
});

test("WBS-NOTIFY-9: a call without a userid is a probe", () => {
  expect(parseNotification({ query: "", body: "" })).toEqual({ kind: "probe" });
});

test.each([
  ["userid=x&startdate=1&enddate=2", "userid"],
  ["userid=1&enddate=2", "startdate"],
  ["userid=1&startdate=-1&enddate=2", "startdate"],
  ["userid=1&startdate=1&enddate=1e9", "enddate"],
  ["userid=1&startdate=3&enddate=2", "startdate is after enddate"],
])("%s is malformed, and the reason names the parameter", (body, named) => {
  expect(parseNotification({ query: "", body })).toMatchObject({
    kind: "malformed",
    reason: expect.stringContaining(named),
  });
});

test("whatever is sent is read as one of the three", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (query, body) => {
      expect(["notification", "probe", "malformed"]).toContain(parseNotification({ query, body }).kind);
    }),
  );
});
