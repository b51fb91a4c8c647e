import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ManualClock } from "@weighbridge/core/testing";
import { stateDir } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { FoundKeys } from "../../src/account/found-keys.ts";

async function keysIn() {
  const path = join(stateDir(), "weighbridge", "keys.json");
  const clock = new ManualClock(0);
  return { path, clock, keys: new FoundKeys(() => path, clock) };
}

describe("a ticket", () => {
  test("tells nothing of the key, and gives it in the runtime", async () => {
    const { keys } = await keysIn();
    const ticket = keys.offer("0123456789abcdef");
    expect(ticket).not.toContain("0123456789abcdef");
    expect(FoundKeys.isTicket(ticket)).toBe(true);
    expect(FoundKeys.isTicket("0123456789abcdef")).toBe(false);
    expect(keys.keyOf(ticket)).toBe("0123456789abcdef");
  });

  test("expires unless it is deployed", async () => {
    const { keys, clock } = await keysIn();
    const ticket = keys.offer("key");
    await clock.advance(30 * 60_000);
    expect(keys.redeem(ticket)).toBeUndefined();
  });

  test("that was deployed works after a restart, from a file that only its owner reads", async () => {
    const { keys, path, clock } = await keysIn();
    const ticket = keys.offer("key");
    expect(keys.redeem(ticket)).toBe("key");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const restarted = new FoundKeys(() => path, clock);
    expect(restarted.redeem(ticket)).toBe("key");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ [ticket]: "key" });
  });

  test("is one of few: the oldest make room", async () => {
    const { keys } = await keysIn();
    const first = keys.offer("first");
    for (let count = 0; count < 100; count++) keys.offer("more");
    expect(keys.keyOf(first)).toBeUndefined();
  });
});
