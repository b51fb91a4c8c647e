import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { grantOf, tokenStoreContract } from "../../src/testing/token-store-contract.ts";
import { fileTokenStore } from "../../src/tokens/file-token-store.ts";
import { memoryTokenStore } from "../../src/tokens/memory-token-store.ts";

tokenStoreContract("the store in memory", async () => {
  const store = memoryTokenStore();
  return { open: () => store };
});

tokenStoreContract("the store of files", async () => {
  const directory = join(stateDir(), "grants");
  return { open: () => fileTokenStore({ directory }) };
});

function place() {
  const directory = join(stateDir(), "grants");
  const store = fileTokenStore({ directory });
  const file = join(directory, "ada.json");
  return { directory, store, file, content: () => readFileSync(file, "utf8") };
}

const mode = (path: string) => statSync(path).mode & 0o777;

test("PUB-AUTH-14: a grant is a file of mode 0600 in a folder of mode 0700, without a draft beside it", async () => {
  const { directory, store, file } = place();
  await store.write("ada", grantOf(1));
  expect([mode(directory), mode(file)]).toEqual([0o700, 0o600]);
  expect(readdirSync(directory)).toEqual(["ada.json"]);
});

test("PUB-AUTH-14: a draft that a killed process left changes nothing, and stands in no way", async () => {
  const { store, file } = place();
  await store.write("ada", grantOf(1));
  writeFileSync(`${file}.draft`, '{"version":1,"userId":"9', { mode: 0o644 });
  expect(await store.read("ada")).toEqual(grantOf(1));
  expect(await store.names()).toEqual(["ada"]);
  await store.write("ada", grantOf(2));
  expect(await store.read("ada")).toEqual(grantOf(2));
  expect(mode(file)).toBe(0o600);
});

describe("PUB-STORE-3: a file is refused with a remedy and never overwritten", () => {
  test.each([
    ["torn in the middle", (text: string) => text.slice(0, text.length / 2), "is damaged"],
    ["empty", () => "", "is damaged"],
    ["of a later version", (text: string) => text.replace('"version": 1', '"version": 2'), "later version"],
    ["not ours", () => '{"access_token":"a","refresh_token":"r"}', "holds no grant"],
    ["a list", () => "[]", "holds no grant"],
    ["without a refresh token", (text: string) => text.replace("refresh-1", ""), "holds no grant"],
  ])("PUB-STORE-3: where it is %s", async (_, change, words) => {
    const { store, file, content } = place();
    await store.write("ada", grantOf(1));
    writeFileSync(file, change(content()));
    const before = content();
    for (const work of [() => store.read("ada"), () => store.write("ada", grantOf(9))])
      await expect(work()).rejects.toMatchObject({
        code: "token_file_unusable",
        actor: "operator",
        message: expect.stringContaining(words),
        remedy: expect.stringMatching(/\w/),
      });
    expect(content()).toBe(before);
  });

  test.skipIf(process.platform === "win32")("where other users may read it", async () => {
    const { store, file } = place();
    await store.write("ada", grantOf(1));
    chmodSync(file, 0o644);
    await expect(store.read("ada")).rejects.toMatchObject({ message: expect.stringContaining("other users") });
    chmodSync(file, 0o600);
    expect(await store.read("ada")).toEqual(grantOf(1));
  });

  test("where it is a folder", async () => {
    const { directory, store, file } = place();
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    mkdirSync(file);
    await expect(store.read("ada")).rejects.toMatchObject({ code: "token_file_unusable" });
  });
});

test("no error shows a token", async () => {
  const { store, file, content } = place();
  await store.write("ada", grantOf(1, { refreshToken: "s3cr3t-refresh" }));
  writeFileSync(file, content().slice(0, -20));
  const error = await store.read("ada").catch((caught: unknown) => caught as Error);
  for (let link = error as Error | undefined; link; link = link.cause as Error | undefined)
    expect(`${link.message}${link.stack}`).not.toContain("s3cr3t");
});

test("PUB-AUTH-13: a write that the system refuses says so, and leaves the stored pair whole", async () => {
  const { store, directory } = place();
  await store.write("ada", grantOf(1));
  // The draft's place is taken by a folder: like a full disk, and for root, too.
  mkdirSync(join(directory, "ada.json.draft"));
  await expect(store.write("ada", grantOf(2))).rejects.toMatchObject({ code: "tokens_not_stored", actor: "operator" });
  expect(await store.read("ada")).toEqual(grantOf(1));
});

test("a damaged file is set aside for a new consent, and kept; one that is whole, or not to be read, stays in its place", async () => {
  const { store, directory, file } = place();
  await store.write("ada", grantOf(1));
  expect(await store.setDamagedAside?.("ada")).toBe(false);
  chmodSync(file, 0o644);
  await expect(store.setDamagedAside?.("ada")).rejects.toMatchObject({ code: "token_file_unusable" });
  chmodSync(file, 0o600);
  writeFileSync(file, "{torn");
  expect(await store.setDamagedAside?.("ada")).toBe(true);
  expect(readFileSync(join(directory, "ada.json.damaged"), "utf8")).toBe("{torn");
  expect([await store.read("ada"), await store.names()]).toEqual([undefined, []]);
});

test.each(["../ada", "a/b", "", ".hidden", "a\0b"])("a name such as %j leads to no file", async (name) => {
  const { store } = place();
  await expect(store.read(name)).rejects.toMatchObject({ code: "invalid_parameter" });
  await expect(store.write(name, grantOf(1))).rejects.toMatchObject({ code: "invalid_parameter" });
});

test("a store that is reached through a link is the same place", async () => {
  const directory = join(stateDir(), "grants");
  mkdirSync(directory, { mode: 0o700 });
  const link = `${directory}-link`;
  symlinkSync(directory, link);
  await fileTokenStore({ directory }).write("ada", grantOf(1));
  expect(await fileTokenStore({ directory: link }).read("ada")).toEqual(grantOf(1));
});
