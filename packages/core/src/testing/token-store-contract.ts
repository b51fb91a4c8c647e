import { describe, expect, test } from "vitest";
import type { Grant, TokenStore } from "../ports/token-store.ts";

/** A place for tokens, which may be opened more than once, as two programs would. */
export interface TokenPlace {
  open(): TokenStore;
}

export const grantOf = (revision: number, more: Partial<Grant> = {}): Grant => ({
  userId: "12345678",
  clientId: "client",
  accessToken: `access-${revision}`,
  accessEndsAt: 1_700_010_800,
  refreshToken: `refresh-${revision}`,
  refreshIssuedAt: 1_700_000_000,
  scope: "user.info,user.metrics",
  revision,
  ...more,
});

/** The rules of the TokenStore port, as tests. `start` makes an empty place for each of them. */
export function tokenStoreContract(name: string, start: () => Promise<TokenPlace>): void {
  describe(`${name} keeps the contract of a token store:`, () => {
    test("PUB-STORE-1: nothing is there at first, under any name", async () => {
      const store = (await start()).open();
      expect(await store.read("ada")).toBeUndefined();
      expect(await store.names()).toEqual([]);
      await store.remove("ada");
    });

    test("PUB-STORE-1: a grant is read as it was written, also by another opening of the place", async () => {
      const place = await start();
      const ended = { at: 1_700_000_500, code: "grant_ended" };
      await place.open().write("ada", grantOf(1));
      await place.open().write("bob", grantOf(1, { userId: "8500000001", ended }));
      const store = place.open();
      expect(await store.read("ada")).toEqual(grantOf(1));
      expect(await store.read("bob")).toEqual(grantOf(1, { userId: "8500000001", ended }));
      expect(await store.names()).toEqual(["ada", "bob"]);
    });

    test("PUB-STORE-1: a removed grant is gone, and may be written anew", async () => {
      const store = (await start()).open();
      await store.write("ada", grantOf(5));
      await store.remove("ada");
      expect(await store.read("ada")).toBeUndefined();
      await store.write("ada", grantOf(1));
      expect(await store.read("ada")).toEqual(grantOf(1));
    });

    test("PUB-STORE-1: a revision that is not above the stored one is refused, and changes nothing", async () => {
      const place = await start();
      await place.open().write("ada", grantOf(3));
      for (const revision of [1, 3])
        await expect(place.open().write("ada", grantOf(revision, { accessToken: "older" }))).rejects.toMatchObject({
          code: "tokens_outdated",
        });
      expect(await place.open().read("ada")).toEqual(grantOf(3));
    });

    test("PUB-STORE-1: work on one grant is done by one at a time, through every opening; others do not wait", async () => {
      const place = await start();
      const order: string[] = [];
      const gate = Promise.withResolvers<void>();
      const first = place.open().exclusively("ada", async () => {
        order.push("first begins");
        await gate.promise;
        order.push("first ends");
        return 1;
      });
      const second = place.open().exclusively("ada", async () => void order.push("second"));
      await place.open().exclusively("bob", async () => void order.push("bob"));
      gate.resolve();
      expect(await first).toBe(1);
      await second;
      expect(order).toEqual(["first begins", "bob", "first ends", "second"]);
    });

    test("PUB-STORE-1: work that fails gives its place to the next, and its error to its caller", async () => {
      const store = (await start()).open();
      const failed = store.exclusively("ada", () => Promise.reject(new Error("no")));
      const next = store.exclusively("ada", async () => "next");
      await expect(failed).rejects.toThrow("no");
      expect(await next).toBe("next");
    });
  });
}
