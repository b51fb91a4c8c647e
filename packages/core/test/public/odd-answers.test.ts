import { describe, expect, test } from "vitest";
import { decodeDevices, decodeProfiles, decodeWeightGoal } from "../../src/public/decode/others.ts";
import { START, today, tokensBody } from "./world.ts";

const page = { status: 0, body: { updatetime: START, measuregrps: [] } };
const THREE_HOURS_S = 10_800;

describe("a renewal with both tokens is taken, whatever else of it cannot be read", () => {
  test.each<[string, object, number]>([
    ["a time in digits", { expires_in: "3600" }, 3_600],
    ["no time", { expires_in: undefined }, THREE_HOURS_S],
    ["a null time", { expires_in: null }, THREE_HOURS_S],
    ["no time to live", { expires_in: 0 }, THREE_HOURS_S],
    ["a time in words", { expires_in: "soon" }, THREE_HOURS_S],
    ["a time beyond every calendar", { expires_in: 1e300 }, THREE_HOURS_S],
  ])("%s", async (_, more, livesS) => {
    const { ada, tokens, clock } = await today(
      ({ url }) => (url === "/v2/oauth2" ? { status: 0, body: tokensBody(2, more) } : page),
      { endsInS: 60 },
    );
    const from = Math.floor(clock.now() / 1000);
    for await (const _page of ada.measureGroups({ from: 1, to: 2 }));
    const grant = await tokens.read("ada");
    expect(grant).toMatchObject({ revision: 2, refreshToken: "refresh-2" });
    expect((grant?.accessEndsAt ?? 0) - from).toBe(livesS);
  });

  test.each([[null], [undefined], [["user.info", "user.metrics"]]])(
    "the scope %j, which stays as it was",
    async (scope) => {
      const { ada, tokens } = await today(
        ({ url }) => (url === "/v2/oauth2" ? { status: 0, body: tokensBody(2, { scope }) } : page),
        { endsInS: 60 },
      );
      const before = (await tokens.read("ada"))?.scope;
      for await (const _page of ada.measureGroups({ from: 1, to: 2 }));
      expect(await tokens.read("ada")).toMatchObject({ revision: 2, refreshToken: "refresh-2", scope: before });
    },
  );
});

describe("nothing there is no failure, in whatever form it is said", () => {
  test.each([[undefined], [null], [[]], [{}]])("%j", (body) => {
    expect(decodeDevices(body)).toEqual([]);
    expect(decodeProfiles(body)).toEqual([]);
    expect(decodeWeightGoal(body)).toBeUndefined();
  });
});
