import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { startHouse } from "../support/bridge-process.ts";

// Each test starts some Nodes.
vi.setConfig({ testTimeout: 90_000 });

const modeOf = (path: string) => statSync(path).mode & 0o777;

test("a backup beside a running bridge is whole and private, and restored it goes on where it was", async () => {
  const { ada, broker, folder, state, run, start, write } = await startHouse();
  ada.hasHistory(3_000);
  const bridge = await start();
  const to = join(folder, "copies/first");
  const made = await run("backup", to, "--json");
  expect(made).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse(made.out).files).toEqual(["weighbridge.sqlite"]);
  expect([modeOf(to), modeOf(join(to, "weighbridge.sqlite")), modeOf(join(to, "backup.json"))]).toEqual([
    0o700, 0o600, 0o600,
  ]);
  // The bridge was not disturbed, and what comes later is not in the copy.
  const events = await broker.subscribe("weighbridge/people/ada/weigh_in");
  ada.weighsIn({ weight: 68.2 });
  await run("sync");
  await events.until(() => events.received.length === 1);
  expect(await run("backup", to)).toMatchObject({ code: 1, err: expect.stringContaining("Name a new folder") });
  const refused = await run("restore", to, "--force");
  expect(refused).toMatchObject({
    code: 1,
    err: expect.stringContaining(`Another bridge (process ${bridge.child.pid})`),
  });
  await bridge.stop();

  expect(await run("restore", to)).toMatchObject({ code: 1, err: expect.stringContaining("--force") });
  const forced = await run("restore", to, "--force", "--json");
  expect(forced).toMatchObject({ code: 0, err: "" });
  const { moved_to: aside } = JSON.parse(forced.out);
  expect(existsSync(join(aside, "weighbridge.sqlite"))).toBe(true);
  expect(readdirSync(state).filter((name) => name.startsWith("restoring"))).toEqual([]);
  expect(modeOf(join(state, "weighbridge.sqlite"))).toBe(0o600);
  // The weigh-in after the backup is found again at the API; the broker holds no session of before that could swallow it.
  events.received.length = 0;
  const again = await start();
  await events.until(() => events.received.length === 1);
  await again.stop();

  write({ state_dir: "elsewhere" });
  expect(await run("restore", to)).toMatchObject({ code: 0, out: expect.stringContaining("is restored") });
  const db = new DatabaseSync(join(folder, "elsewhere/weighbridge.sqlite"), { readOnly: true });
  expect(db.prepare("SELECT count(*) AS n FROM groups").get()).toEqual({ n: 3_000 });
  db.close();
});

test("a backup that lacks a file, or has another than was written, is refused, and nothing is changed", async () => {
  const { folder, state, run, start, write } = await startHouse();
  await (await start()).stop();
  writeFileSync(join(state, "note.txt"), "kept too", { mode: 0o600 });
  const to = join(folder, "copy");
  expect(await run("backup", to)).toMatchObject({ code: 0 });
  write({ state_dir: "elsewhere" });
  const refused = async () => {
    const { code, err } = await run("restore", to);
    expect({ code, isThere: existsSync(join(folder, "elsewhere/weighbridge.sqlite")) }).toEqual({
      code: 1,
      isThere: false,
    });
    return err;
  };
  const note = join(to, "note.txt");
  writeFileSync(note, "changed");
  expect(await refused()).toContain("note.txt is not what was written");
  writeFileSync(note, "kept too");
  const manifest = join(to, "backup.json");
  const whole = readFileSync(manifest, "utf8");
  writeFileSync(manifest, whole.replace('"note.txt"', '"../note.txt"'));
  expect(await refused()).toContain("outside of it");
  writeFileSync(manifest, whole);
  chmodSync(manifest, 0o600);
  expect(await run("restore", to)).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "elsewhere/note.txt"), "utf8")).toBe("kept too");
  expect(await run("restore", join(folder, "nowhere"))).toMatchObject({
    code: 1,
    err: expect.stringContaining("backup.json"),
  });
});
