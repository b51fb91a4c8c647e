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

test.each([
  ["1", 1_706_376_729],
  ["4", 1_706_376_729],
  ["2", 1_706_376_729],
  ["54", 1_706_376_729],
  ["999", 1_706_376_729],
])("PUB-NOTIFY-3: appli %s with a window is a notification", (appli, from) => {
  const body = `userid=41595&startdate=${from}&enddate=${from + 1}&appli=${appli}`;
  expect(parseNotification({ query: "", body })).toEqual({
    ...{ kind: "notification", userId: "41595", window: { from, to: from + 1 } },
  });
});

test.each(["delete", "unlink", "update"])("PUB-NOTIFY-3: appli 46 with %s is about the person", (change) => {
  const body = `userid=41595&appli=46&action=${change}`;
  expect(parseNotification({ query: "", body })).toEqual({ kind: "person", userId: "41595", change });
});

test.each([
  "appli=16&date=2026-11-26",
  "appli=44&startdate=1706376729&enddate=1706400000",
  "appli=50&date=1706376729&deviceid=91845aef",
  "appli=55",
  "appli=46&action=something_new",
  "appli=999",
])("PUB-NOTIFY-5: %s is another kind of data, and no fault", (parameters) => {
  expect(parseNotification({ query: "", body: `userid=41595&${parameters}` }).kind).toBe("other");
});

test.each(["1", "4", "63"])("appli %s without a window is followed by a poll", (appli) => {
  expect(parseNotification({ query: "", body: `userid=41595&appli=${appli}` })).toMatchObject({ window: null });
});

test("whatever is sent is read as one of these", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (query, body) => {
      expect(["notification", "person", "other", "probe", "malformed"]).toContain(
        parseNotification({ query, body }).kind,
      );
    }),
  );
});
