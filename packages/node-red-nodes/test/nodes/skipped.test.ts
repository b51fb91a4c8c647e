import type { EventEmitter } from "node:events";
import { serve } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { type FlowNode, nextMessage, runFlow } from "../support/node-red.ts";

test("an account warns once of groups that cannot be read", async () => {
  const page = { updatetime: 1_700_000_000, measuregrps: [{ grpid: 1, attrib: 0, category: 1, measures: [] }] };
  const url = await serve((_request, response) => void response.end(JSON.stringify({ status: 0, body: page })));
  const account: FlowNode = {
    ...{ id: "account", type: "withings-account", version: 1, generation: "wbs" },
    ...{ baseurl: url, callsperminute: "1000" },
  };
  const read: FlowNode = { id: "m", type: "withings-getmeas", version: 1, z: "tab", account: "account" };
  const flow = [
    account,
    { ...read, limit: "5", limitType: "num", wires: [["out"]] },
    { id: "out", type: "helper", z: "tab" },
  ];
  const red = await runFlow(flow, { credentials: { account: { userid: "1", publickey: "k" } } });
  const warnings: string[] = [];
  const keep = ({ args }: { readonly args: readonly string[] }) => void warnings.push(String(args[0]));
  (red.node("account") as EventEmitter).on("call:warn", keep);
  for (const limit of [5, 6]) {
    const answer = nextMessage(red.node("out"));
    red.node("m").receive({ withings: { limit } } as never);
    await answer;
  }
  expect(warnings).toEqual([expect.stringMatching(/^1 groups .*\(date\)/)]);
});
