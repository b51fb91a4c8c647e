import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@weighbridge/core";
import { expect, test } from "vitest";
import { moveStore } from "../../src/commands/store.ts";
import type { Terminal } from "../../src/commands/terminal.ts";
import type { Config } from "../../src/config/schema.ts";
import { ADA, load } from "../support/config-files.ts";
import { openStore } from "../support/open-store.ts";
import { describeWithPostgres, openPostgres, targetOf } from "../support/postgres.ts";

async function moved(config: Config, to: string | undefined) {
  let text = "";
  const terminal: Terminal = {
    print: (words) => {
      text += words;
    },
    note: () => {},
    write: async () => true,
    isWatched: false,
    now: () => 0,
    stopRequested: new Promise(() => {}),
    lines: () => Object.assign((async function* () {})(), { close: () => {} }),
  };
  return { code: await moveStore(config, to, terminal), text };
}

test.each([
  [undefined, "where to is not said"],
  ["sqlite", "in a SQLite file already"],
  ["postgres://u:s3cr3t-0123@db", "names no database"],
])("a move to %s is refused without the value, which may be a secret", async (to, words) => {
  const refusal = await moved(load(ADA), to).catch((error: unknown) => error as Error);
  expect(refusal).toMatchObject({ code: "config_invalid", message: expect.stringContaining(words) });
  expect(String(refusal)).not.toContain("s3cr3t");
});

describeWithPostgres((server) => {
  test("a move goes there and back, keeps what was there, and says what is left to do", async () => {
    const config = load(ADA);
    const { store } = openStore(config.state_dir, systemClock);
    await store.addPerson("wbs:29", 5);
    await store.close();
    const database = server().emptyDatabase();
    const there = await moved(config, server().urlOf(database));
    expect(there.code).toBe(0);
    for (const words of ["people: 1 row, the same in both; copied now: 1", "weighbridge.moved.sqlite", "set store"])
      expect(there.text).toContain(words);
    expect(there.text).not.toContain(server().password);
    const { store: other } = await openPostgres(targetOf(server(), database));
    expect(await other.people()).toMatchObject([{ key: "wbs:29", addedAt: 5 }]);
    await other.close();

    const back = await moved({ ...config, store: server().urlOf(database) }, "sqlite");
    expect(back.text).toContain("the schema weighbridge_moved_");
    expect(existsSync(join(config.state_dir, "weighbridge.sqlite"))).toBe(true);
    // A second move puts its file beside that of the first one.
    await moved(config, server().urlOf(database));
    expect(readdirSync(config.state_dir)).toContain("weighbridge.moved-2.sqlite");
  });
});
