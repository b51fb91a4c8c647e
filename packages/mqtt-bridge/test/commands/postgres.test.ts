import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { backup, restore } from "../../src/commands/backup.ts";
import { exportHistory } from "../../src/commands/export.ts";
import type { Terminal } from "../../src/commands/terminal.ts";
import { listWeighIns } from "../../src/commands/weigh-ins.ts";
import type { Config } from "../../src/config/schema.ts";
import { changeOf, weightGroup } from "../support/changes.ts";
import { ADA, load } from "../support/config-files.ts";
import { describeWithPostgres, openPostgres, targetOf } from "../support/postgres.ts";

async function printed(work: (terminal: Terminal) => Promise<number>): Promise<string> {
  let text = "";
  const print = (words: string) => {
    text += words;
  };
  const code = await work({
    print,
    note: () => {},
    write: async (words) => {
      print(words);
      return true;
    },
    isWatched: false,
    now: () => 0,
    stopRequested: new Promise<void>(() => {}),
    lines: () => Object.assign((async function* () {})(), { close: () => {} }),
  });
  expect(code).toBe(0);
  return text;
}

describeWithPostgres((server) => {
  /** A configuration of Ada, whose weigh-ins are in a database that a bridge has open. */
  async function filled(): Promise<Config> {
    const database = server().emptyDatabase();
    const config = { ...load(ADA), store: server().urlOf(database) };
    const { store } = await openPostgres(targetOf(server(), database));
    const { id } = await store.addPerson("wbs:29", 0);
    const change = changeOf([weightGroup(1, 1_700_000_000, 68.2), weightGroup(2, 1_700_086_400, 68)]);
    await store.commitSync(id, { change, messages: [], isStateChanged: true });
    return config;
  }

  test("weigh-ins and export read a database beside the bridge", async () => {
    const config = await filled();
    const listed = JSON.parse(await printed((terminal) => listWeighIns(config, { json: true }, terminal)));
    expect(listed.weigh_ins).toMatchObject([
      { person: "ada", weight: 68 },
      { person: "ada", weight: 68.2 },
    ]);
    const file = join(stateDir(), "all.jsonl");
    await printed((terminal) => exportHistory(config, { format: "jsonl", output: file }, terminal));
    const lines = readFileSync(file, "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).values.weight)).toEqual([68.2, 68]);
  });

  test("backup and restore name the programs of PostgreSQL, and touch nothing", async () => {
    const config = { ...load(ADA), store: "postgres://weighbridge@db.example.org/weighbridge" };
    const folder = join(stateDir(), "copy");
    const refused = (work: Promise<unknown>) => work.catch((error: unknown) => error);
    const terminal = {} as Terminal;
    expect(await refused(backup(config, folder, {}, terminal))).toMatchObject({
      code: "config_invalid",
      remedy: expect.stringContaining("pg_dump"),
    });
    expect(await refused(restore(config, folder, {}, terminal))).toMatchObject({
      code: "config_invalid",
      remedy: expect.stringContaining("pg_restore"),
    });
  });
});
