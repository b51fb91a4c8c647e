import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadForm, TYPES } from "./support/editor.ts";

interface ExampleNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly wires?: readonly (readonly string[])[];
  readonly [property: string]: unknown;
}

const DIRECTORY = join(import.meta.dirname, "../examples");
const FILES = globSync("*.json", { cwd: DIRECTORY });
const read = (file: string) => JSON.parse(readFileSync(join(DIRECTORY, file), "utf8")) as ExampleNode[];

/** Node types of every Node-RED, as far as the examples use them. */
const CORE = new Set(
  "tab,comment,inject,debug,catch,function,switch,change,http request,http in,http response,mqtt out,mqtt-broker,csv,file".split(
    ",",
  ),
);
/** Saved by Node-RED itself. */
const NODE_RED = new Set(["id", "type", "z", "x", "y", "wires"]);
const isDashboard = (type: string) => type.startsWith("ui-");

describe.each(FILES)("the example %s", (file) => {
  const nodes = read(file);
  const ids = new Set(nodes.map(({ id }) => id));

  test("uses nodes that exist, and only the dashboard's besides Node-RED's own", () => {
    for (const { type } of nodes)
      expect(
        TYPES.includes(type) || CORE.has(type) || (file === "dashboard-chart.json" && isDashboard(type)),
        type,
      ).toBe(true);
  });

  test("is wired to itself, on one tab, with an id for each node", () => {
    expect(ids.size).toBe(nodes.length);
    const [tab] = nodes.filter(({ type }) => type === "tab");
    for (const { z, wires = [], account, type } of nodes) {
      if (z !== undefined) expect(z).toBe(tab?.id);
      for (const target of wires.flat()) expect(ids.has(target), `${type} is wired to ${target}`).toBe(true);
      if (account !== undefined) expect(ids.has(String(account))).toBe(true);
    }
  });

  test("feeds every node that takes messages", () => {
    const starts = new Set(["tab", "comment", "inject", "catch", "http in", "withings-weigh-in"]);
    const fed = new Set(nodes.flatMap(({ wires = [] }) => wires.flat()));
    for (const { id, type, z, name } of nodes)
      if (z !== undefined && !starts.has(type)) expect([name, fed.has(id)]).toEqual([name, true]);
  });

  test("saves nothing that the forms of our nodes do not know, and passes their checks", () => {
    for (const node of nodes.filter(({ type }) => TYPES.includes(type))) {
      const { definition, node: inEditor } = loadForm(node.type);
      const own = Object.keys(node).filter((name) => !NODE_RED.has(name));
      expect(Object.keys(definition.defaults)).toEqual(expect.arrayContaining(own));
      for (const [name, { validate }] of Object.entries(definition.defaults)) {
        // A property that came later is blank in them, as in any flow of a user.
        expect([name, validate?.call(inEditor(node), String(node[name] ?? ""), {}) ?? true]).toEqual([name, true]);
      }
    }
  });

  test("catches errors, says what it is for, and holds no secret", () => {
    expect(nodes.map(({ type }) => type)).toContain("catch");
    expect(nodes.find(({ type }) => type === "tab")?.["info"]).toMatch(/\w{3}/);
    for (const node of nodes) expect(node).not.toHaveProperty("credentials");
  });

  test("has functions that compile", () => {
    for (const { func } of nodes.filter(({ type }) => type === "function"))
      expect(() => new Function("msg", "flow", "env", String(func))).not.toThrow();
  });
});

test("every node that can be dragged is shown by an example", () => {
  const used = new Set(FILES.flatMap((file) => read(file).map(({ type }) => type)));
  for (const type of TYPES) expect([type, used.has(type)]).toEqual([type, true]);
});
