import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { type HistoryOptions, history } from "../../src/commands/history.ts";
import { configSchema } from "../../src/config/schema.ts";
import { changeOf, weightGroup } from "../support/changes.ts";
import { openStore } from "../support/open-store.ts";

/** The command for a household of Ada alone, whose history is stored or not. */
async function asked(options: Partial<HistoryOptions> & { readonly isStored?: boolean; readonly token?: string } = {}) {
  const { isStored = true, token = "secret-token", ...more } = options;
  const directory = stateDir();
  const tokenFile = join(directory, "token");
  writeFileSync(tokenFile, token);
  if (isStored) {
    const { store } = openStore(directory);
    const { id } = await store.addPerson("wbs:29", 0);
    await store.commitSync(id, { change: changeOf([weightGroup(1, 100)]), messages: [], isStateChanged: true });
    await store.close();
  }
  const config = configSchema.parse({
    state_dir: directory,
    people: [{ slug: "ada", name: "Ada", userid: 29, publickey: "key" }],
  });
  const terminal = {
    print: () => {},
    note: () => {},
    write: async () => true,
    isWatched: false,
    now: () => 0,
    stopRequested: new Promise<void>(() => {}),
    lines: () => Object.assign((async function* () {})(), { close: () => {} }),
  };
  const homeAssistant = `http://127.0.0.1:${await freePort()}`;
  return history(config, { homeAssistant, tokenFile, person: undefined, isJson: false, ...more }, terminal).catch(
    (error: unknown) => error,
  );
}

test.each([
  ["without an address", { homeAssistant: undefined }, "history needs to know where to put it"],
  ["with a path for an address", { homeAssistant: "/api" }, "history needs to know where to put it"],
  ["without a file for the token", { tokenFile: undefined }, "history needs to know where to put it"],
  ["with a file that is not there", { tokenFile: "/nowhere/token" }, "/nowhere/token cannot be read"],
  ["with an empty file", { token: "\n" }, "is empty"],
  ["for somebody who is not configured", { person: "bob" }, "there is no person bob"],
] as const)("%s it says what to give", async (_, options, words) => {
  const error = await asked(options);
  expect(error).toMatchObject({
    code: "config_invalid",
    message: expect.stringContaining(words),
    remedy: expect.any(String),
  });
});

test("without a stored history it says to run the bridge first", async () => {
  expect(await asked({ isStored: false })).toMatchObject({
    code: "state_missing",
    remedy: expect.stringContaining("Run the bridge"),
  });
});

test("where nobody answers it names the address, and never the token", async () => {
  const error = (await asked()) as Error & { remedy: string };
  expect(error).toMatchObject({ code: "home_assistant_unreachable", message: expect.stringContaining("127.0.0.1") });
  expect(`${error.message} ${error.remedy}`).not.toContain("secret-token");
});
