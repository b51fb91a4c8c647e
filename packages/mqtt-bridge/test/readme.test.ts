import { readFileSync } from "node:fs";
import { type ErrorCode, EVENT_KINDS } from "@weighbridge/core";
import { expect, test } from "vitest";
import { METRICS } from "../src/admin/metric-names.ts";
import { type RoutesInput, routesOf } from "../src/admin/routes.ts";
import type { CommandRow } from "../src/commands/command.ts";
import { COMMANDS } from "../src/commands/tree.ts";
import { schemaAt } from "../src/config/schema-tree.ts";
import { eventMessage } from "../src/messages/documents.ts";
import { answerRequest, COMMAND_NAMES, type CommandName, type RequestHandlers } from "../src/messages/requests.ts";
import { BRIDGE_TOPICS, PERSON_TOPICS, topicsBelow } from "../src/messages/topics.ts";
import { knownState, viewOf, weighInEvent } from "./support/person-view.ts";

const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const rowsOf = (heading: string) => {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, name = "", rest = ""]) => ({ name, rest }));
};

test("the table of topics is the one of the code: names, retained or not, words", () => {
  const rowOf = ({ path, isRetained, words }: { path: string; isRetained: boolean; words: string }, below: string) => ({
    name: `weighbridge/${below}${path}`,
    rest: `${isRetained ? "yes" : "no"} | ${words}`,
  });
  const all = [
    ...Object.values(BRIDGE_TOPICS).map((row) => rowOf(row, "")),
    ...Object.values(PERSON_TOPICS).map((row) => rowOf(row, "people/<slug>/")),
  ];
  expect(rowsOf("Topics").filter(({ name }) => name.includes("/"))).toEqual(all);
});

test("every kind of event is in the table, and the example has the keys of a real one", () => {
  const kinds = rowsOf("Topics")
    .map(({ name }) => name)
    .filter((name) => !name.includes("/"));
  expect(new Set(kinds)).toEqual(new Set(EVENT_KINDS));
  const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? "");
  const { payload } = eventMessage(topicsBelow("weighbridge"), viewOf(knownState).settings, weighInEvent);
  expect(Object.keys(example)).toEqual(expect.arrayContaining(Object.keys(JSON.parse(payload))));
});

test("the table of commands is the command tree, in the order of its help", () => {
  const nameOf = ({ name, arguments: taken = [] }: CommandRow) => [name, ...taken.map((one) => one.name)].join(" ");
  expect(rowsOf("Commands")).toEqual(COMMANDS.map((row) => ({ name: nameOf(row), rest: row.summary })));
});

test("every request is in the table, and every payload there is one that it takes", async () => {
  const done = () => Promise.resolve({});
  const handlers: RequestHandlers = {
    sync: done,
    decide: done,
    subscription: done,
    health: done,
    publishDiscovery: done,
  };
  const rows = rowsOf("Requests");
  expect(rows.map(({ name }) => name)).toEqual(COMMAND_NAMES);
  for (const { name, rest } of rows) {
    const payloads = [...rest.matchAll(/`(\{[^`]*\})`/g)].map(([, payload = ""]) => payload);
    expect(payloads.length).toBeGreaterThan(0);
    for (const payload of payloads)
      expect(
        await answerRequest(name as CommandName, { topic: "", payload, isRetained: false }, handlers),
      ).toMatchObject({ status: "ok" });
  }
});

test("every problem of a person that the bridge finds itself has its row", () => {
  for (const code of ["data_late", "data_empty", "callbacks_missing"] satisfies ErrorCode[])
    expect(text).toContain(`| *Account* problem, code \`${code}\` |`);
});

test("every setting that is named is one", () => {
  const named = [...text.matchAll(/`((?:mqtt|callback|home_assistant|api|timing|log|admin)\.[a-z_]+)/g)].map(
    ([, key = ""]) => key,
  );
  expect(named.length).toBeGreaterThan(5);
  for (const key of named) expect(schemaAt(key.split(".")), key).toBeDefined();
});

test("the table of endpoints is the one of the code", () => {
  const routes = routesOf({} as RoutesInput).map(({ method, path, words }) => ({
    name: `${method} ${path}`,
    rest: words,
  }));
  expect(rowsOf("Operations").filter(({ name }) => /^(GET|POST|PUT) /.test(name))).toEqual(routes);
});

test("the table of metrics is the one of the code, and alerts ask for metrics that there are", () => {
  const all = Object.entries(METRICS).map(([name, { kind, labels, help }]) => ({
    name,
    rest: `${kind} | ${labels?.map((label) => `\`${label}\``).join(", ")} | ${help}`,
  }));
  const rows = rowsOf("Operations").filter(({ name }) => name.includes("weighbridge_"));
  expect(rows.filter(({ name }) => /^\w+$/.test(name))).toEqual(all);
  const asked = rows.flatMap(({ name }) => name.match(/weighbridge_\w+/g) ?? []);
  for (const name of asked) expect(Object.keys(METRICS)).toContain(name);
});
