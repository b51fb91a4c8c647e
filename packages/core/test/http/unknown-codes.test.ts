import { expect, test } from "vitest";
import type { UnknownCode } from "../../src/domain/unknown-code.ts";
import { reportOnce } from "../../src/http/unknown-codes.ts";
import { LIMITS } from "../../src/limits.ts";
import { createWbsClient } from "../../src/wbs/client.ts";
import { startApiServer } from "../support/api-server.ts";

test("a client reports an unknown code once, over all its calls", async () => {
  const strange = { grpid: 1, attrib: 0, date: 5, category: 1, measures: [{ value: 1, type: 999, unit: 0 }] };
  const server = await startApiServer(() => ({ status: 0, body: { updatetime: 5, measuregrps: [strange, strange] } }));
  const reports: UnknownCode[] = [];
  const client = createWbsClient({ baseUrl: server.url, onUnknown: (unknown) => reports.push(unknown) });
  for (const userId of [29, 30]) await client.measure.getMeas({ userId, publicKey: "k" });
  expect(reports).toEqual([{ kind: "measure_type", code: 999 }]);
});

test("the same number as type and as attribution is two codes", () => {
  const reports: UnknownCode[] = [];
  const report = reportOnce((unknown) => reports.push(unknown));
  for (const kind of ["measure_type", "attribution", "measure_type"] as const) report({ kind, code: 99 });
  expect(reports).toHaveLength(2);
});

test("a server that invents codes does not fill the memory", () => {
  let reports = 0;
  const report = reportOnce(() => reports++);
  for (let code = 0; code < 10_000; code++) report({ kind: "measure_type", code });
  expect(reports).toBe(LIMITS.unknownCodes);
});
