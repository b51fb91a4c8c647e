import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startHouse } from "../support/bridge-process.ts";

// Each test starts some Nodes.
vi.setConfig({ testTimeout: 60_000 });

const at = (day: string) => Date.parse(`${day}T07:00:00Z`) / 1000;

test("weigh-ins lists the newest first beside a running bridge, by person, time and number", async () => {
  const { ada, bob, run, start } = await startHouse();
  for (const [day, weight] of [
    ["2026-11-01", 68.45],
    ["2026-11-02", 68.2],
    ["2026-11-03", 68],
  ] as const)
    ada.weighsIn({ weight, at: at(day), fatRatio: 22.4 });
  bob.weighsIn({ weight: 80.1, at: at("2026-11-02") + 60 });
  await start();
  const listed = async (...args: string[]) => {
    const { code, out, err } = await run("weigh-ins", "--json", ...args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { weigh_ins: rows } = JSON.parse(out) as {
      weigh_ins: { person: string; weight: number; measured_at: string }[];
    };
    return rows.map(({ person, weight }) => `${person} ${weight}`);
  };
  expect(await listed()).toEqual(["ada 68", "bob 80.1", "ada 68.2", "ada 68.45"]);
  expect(await listed("--person", "ada", "--limit", "2")).toEqual(["ada 68", "ada 68.2"]);
  expect(await listed("--from", "2026-11-02", "--to", "2026-11-02")).toEqual(["bob 80.1", "ada 68.2"]);
  const { out } = await run("weigh-ins", "--person", "bob");
  expect(out.split("\n")[1]).toMatch(/^2026-11-02 07:01:00 {2}bob +80\.1 {2}kg/);
  expect(await run("weigh-ins", "--person", "eve")).toMatchObject({
    code: 2,
    err: expect.stringContaining("ada, bob"),
  });
  expect(await run("weigh-ins", "--from", "yesterday")).toMatchObject({
    code: 2,
    err: expect.stringContaining("2026-11-24"),
  });
});

test("weigh-ins --held shows what waits for a decision", async () => {
  const { ada, run, start } = await startHouse();
  await start().then(async (bridge) => {
    ada.weighsIn({ weight: 80, attribution: 1 });
    await run("sync");
    await expect
      .poll(async () => JSON.parse((await run("weigh-ins", "--held", "--json")).out).weigh_ins, { timeout: 20_000 })
      .toMatchObject([{ person: "ada", weight: 80, held: true }]);
    await bridge.stop();
  });
});

test("export writes the whole history, exact, as CSV and as JSON lines, to a file of its owner alone", async () => {
  const { ada, run, start, folder } = await startHouse();
  const grams = Array.from({ length: 300 }, (_, index) => 60_000 + index * 7);
  for (const [index, gram] of grams.entries())
    ada.weighsIn({ weight: gram / 1000, at: at("2025-01-01") + index * 3600 });
  ada.weighsIn({ weight: 70.05, at: at("2026-01-01"), comment: 'after "tea",\nand cake' });
  const bridge = await start();
  const csv = await run("export", "--person", "ada");
  expect({ code: csv.code, err: csv.err }).toEqual({ code: 0, err: "" });
  const lines = csv.out.split("\r\n");
  expect(lines[0]).toMatch(/^person,kind,id,measured_at,attribution,counts,weight,.*comment$/);
  const weights = lines.filter((line) => line.startsWith("ada,weigh_in")).map((line) => line.split(",")[6]);
  expect(weights).toEqual([...grams.map((gram) => String(gram / 1000)), "70.05"]);
  expect(csv.out).toContain('"after ""tea"",\nand cake"');
  await bridge.stop();
  const file = join(folder, "all.jsonl");
  expect(await run("export", "--format", "jsonl", "--output", file)).toMatchObject({ code: 0, out: "" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const documents = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const mine = documents.filter(({ person, kind }) => person === "ada" && kind === "weigh_in");
  expect(mine.map(({ values }) => values.weight)).toEqual([...grams.map((gram) => gram / 1000), 70.05]);
  expect(await run("export", "--output", file)).toMatchObject({
    code: 2,
    err: expect.stringContaining("is there already"),
  });
});

test("without a state yet, weigh-ins says what to do, and ends with 1", async () => {
  const { run } = await startHouse();
  expect(await run("weigh-ins")).toMatchObject({ code: 1, err: expect.stringContaining("Run the bridge first") });
});
