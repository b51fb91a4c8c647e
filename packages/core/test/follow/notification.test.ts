import fc from "fast-check";
import { expect, test } from "vitest";
import { parseNotification } from "../../src/follow/notification.ts";

const FIELDS = "userid=41595&startdate=1294332510&enddate=1294332511";
const HINT = { kind: "notification", userId: "41595", window: { from: 1_294_332_510, to: 1_294_332_511 } };

function multipart(fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--x7\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--x7--\r\n`;
}

test.each([
  ["the form body", { query: "", body: FIELDS }],
  ["the query, as the document shows it", { query: FIELDS, body: "" }],
  ["both, the body first", { query: "userid=1&startdate=1&enddate=2", body: FIELDS }],
  ["a JSON body", { query: "", body: '{"userid":41595,"startdate":"1294332510","enddate":1294332511}' }],
  [
    "a multipart body",
    { query: "", body: multipart({ userid: "41595", startdate: "1294332510", enddate: "1294332511" }) },
  ],
  ["a form that ends with a line break", { query: "", body: `${FIELDS}\r\n` }],
  ["a body that only has the userid", { query: "startdate=1294332510&enddate=1294332511", body: "userid=41595" }],
])("WBS-NOTIFY-3: a notification is read from %s", (_, call) => {
  expect(parseNotification(call)).toEqual(HINT);
});

test("WBS-NOTIFY-9: a call without a userid is a probe", () => {
  expect(parseNotification({ query: "", body: "" })).toEqual({ kind: "probe" });
});

test.each([
  "startdate=3&enddate=2",
  "startdate=-1&enddate=2",
  "startdate=1294332510.0&enddate=1294332511.0",
  "startdate=1&enddate=1e9",
  "enddate=2",
  "startdate=1",
  "",
])("the userid with the window %s is a notification that a poll follows", (window) => {
  const expected = { kind: "notification", userId: "41595", window: null };
  expect(parseNotification({ query: "", body: `userid=41595&${window}` })).toEqual(expected);
});

test.each(["userid=x", "userid=-1", "userid=1.0", '{"userid":{}}', "{userid:1}"])("%s names nobody", (body) => {
  expect(parseNotification({ query: "", body }).kind).not.toBe("notification");
});

test("whatever is sent is read as one of the three", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (query, body) => {
      expect(["notification", "probe", "malformed"]).toContain(parseNotification({ query, body }).kind);
    }),
  );
});
