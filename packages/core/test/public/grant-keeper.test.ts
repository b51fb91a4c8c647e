import { describe, expect, test } from "vitest";
import { NotAuthorizedError, TokensNotKeptError, UnreachableError } from "../../src/errors.ts";
import type { Grant, TokenStore } from "../../src/ports/token-store.ts";
import { GrantKeeper, type GrantWarning, type TokenPair } from "../../src/public/grant-keeper.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";
import { grantOf } from "../../src/testing/token-store-contract.ts";
import { memoryTokenStore } from "../../src/tokens/memory-token-store.ts";
import { caught } from "../support/caught.ts";

const START = 1_700_000_000;
const HOUR = 3_600;
const DAY = 24 * HOUR;

/** A service that knows which refresh tokens live: the one before the last until the last access token is used. */
class Service {
  calls = 0;
  living: string;
  issued = 1;
  fail: (() => Error | undefined) | undefined;
  hold: Promise<void> | undefined;
  userId = "12345678";

  constructor(refreshToken: string) {
    this.living = refreshToken;
  }

  refresh = async (refreshToken: string): Promise<TokenPair> => {
    this.calls++;
    await this.hold;
    const failure = this.fail?.();
    if (failure) throw failure;
    if (refreshToken !== this.living && refreshToken !== `refresh-${this.issued}`)
      throw new NotAuthorizedError("refused", { code: "grant_ended" });
    const before = `refresh-${this.issued}`;
    this.issued++;
    this.living = before;
    return {
      userId: this.userId,
      accessToken: `access-${this.issued}`,
      expiresInS: 3 * HOUR,
      refreshToken: `refresh-${this.issued}`,
      scope: "user.info,user.metrics",
    };
  };

  /** The first call with an access token ends the refresh token before it. */
  use(): void {
    this.living = `refresh-${this.issued}`;
  }
}

async function world({ endsInS = -1, tokens = memoryTokenStore() } = {}) {
  const clock = new ManualClock(START * 1000);
  const service = new Service("refresh-1");
  await tokens.write("ada", grantOf(1, { accessEndsAt: START + endsInS, refreshIssuedAt: START }));
  const warnings: GrantWarning[] = [];
  const keeper = (store: TokenStore = tokens, clientId = "client") =>
    new GrantKeeper({
      name: "ada",
      clientId,
      tokens: store,
      clock,
      refresh: service.refresh,
      onWarning: (warning) => warnings.push(warning),
    });
  return { clock, service, tokens, warnings, keeper };
}

/** Writes fail while `isFull`. */
function onFullDisk(tokens: TokenStore) {
  const disk = { isFull: false };
  const store: TokenStore = {
    ...tokens,
    write: async (name: string, grant: Grant) => {
      if (disk.isFull) throw new TokensNotKeptError("full", { code: "tokens_not_stored" });
      return tokens.write(name, grant);
    },
  };
  return { disk, store };
}

const away = () => new UnreachableError("away", { code: "network" });

test("PUB-AUTH-15: no token is renewed because somebody asks, while the access token is good", async () => {
  const { service, keeper } = await world({ endsInS: HOUR });
  for (const one of [keeper(), keeper()]) expect((await one.grant()).accessToken).toBe("access-1");
  expect(service.calls).toBe(0);
});

test("PUB-AUTH-8: a token that is about to end is renewed before it is used, and its time runs from the request", async () => {
  const { service, clock, keeper } = await world({ endsInS: 299 });
  service.hold = clock.sleep(20_000);
  const asked = keeper().grant();
  await expect.poll(() => service.calls).toBe(1);
  await clock.advance(20_000);
  expect(await asked).toMatchObject({ accessToken: "access-2", accessEndsAt: START + 3 * HOUR });
});

test("PUB-AUTH-2: a renewed pair is stored before anybody gets it", async () => {
  const { tokens, keeper } = await world();
  const grant = await keeper().grant();
  expect(await tokens.read("ada")).toEqual(grant);
  expect(grant).toMatchObject({ revision: 2, refreshToken: "refresh-2" });
});

test("PUB-AUTH-3: three calls at once on an ended token send one refresh, and all get its pair", async () => {
  const { service, keeper } = await world();
  const one = keeper();
  const grants = await Promise.all([one.grant(), one.grant(), one.grant()]);
  expect(grants.map(({ accessToken }) => accessToken)).toEqual(["access-2", "access-2", "access-2"]);
  expect(service.calls).toBe(1);
});

test("PUB-AUTH-3: two keepers of one store send one refresh in total, and go on with the same pair", async () => {
  const { service, keeper } = await world();
  const [a, b] = await Promise.all([keeper().grant(), keeper().grant()]);
  expect(a).toEqual(b);
  expect(service.calls).toBe(1);
});

test("PUB-AUTH-5: a token that the service refused is renewed once, though its time is not over", async () => {
  const { service, keeper } = await world({ endsInS: HOUR });
  const one = keeper();
  const { revision } = await one.grant();
  const all = await Promise.all([one.grant({ above: revision }), one.grant({ above: revision })]);
  expect(all.map((grant) => grant.revision)).toEqual([2, 2]);
  expect(service.calls).toBe(1);
});

test("three people whose tokens end in the same second stay authorized for 30 days, each renewed once at a time", async () => {
  const worlds = [await world(), await world(), await world()];
  const keepers = worlds.map((one) => one.keeper());
  let renewals = 0;
  for (let hour = 0; hour < 30 * 24; hour++) {
    await Promise.all(keepers.flatMap((one) => [one.grant(), one.grant()]));
    for (const { clock, service } of worlds) {
      service.use();
      await clock.advance(HOUR * 1000);
    }
    renewals = Math.max(...worlds.map(({ service }) => service.calls));
  }
  expect(renewals).toBeLessThanOrEqual(30 * 8 + 1);
  for (const { service } of worlds) expect(service.calls).toBe(renewals);
});

describe("PUB-AUTH-9, PUB-NOT-5, PUB-NOT-6: an outage", () => {
  test.each([
    ["no answer", away()],
    ["a page in place of an answer", new UnreachableError("html", { code: "timeout" })],
  ])("(%s) leaves the stored grant as it was, and nobody is asked to consent", async (_, failure) => {
    const { service, tokens, keeper } = await world();
    const before = await tokens.read("ada");
    service.fail = () => failure;
    const one = keeper();
    for (let time = 0; time < 3; time++) expect(await caught(one.grant())).toBe(failure);
    expect(await tokens.read("ada")).toEqual(before);
    service.fail = undefined;
    expect((await one.grant()).revision).toBe(2);
  });
});

test("PUB-AUTH-11, PUB-AUTH-12: a pair whose answer was lost, or that a crash kept from the store, is asked for again with the old one", async () => {
  const { service, keeper } = await world();
  let isLost = true;
  const answer = service.refresh;
  service.refresh = async (token) => {
    const pair = await answer(token);
    if (isLost) throw away();
    return pair;
  };
  const crashing = new GrantKeeper({
    name: "ada",
    clientId: "client",
    tokens: (await world()).tokens,
    clock: new ManualClock(START * 1000),
    refresh: (token) => service.refresh(token),
  });
  expect(await caught(crashing.grant())).toMatchObject({ code: "network" });
  isLost = false;
  expect((await keeper().grant()).accessToken).toBe("access-3");
});

test("PUB-AUTH-7, PUB-NOT-6: an answer for another person changes nothing in the store", async () => {
  const { service, tokens, keeper } = await world();
  const before = await tokens.read("ada");
  service.userId = "666";
  expect(await caught(keeper().grant())).toMatchObject({ code: "wrong_person" });
  expect(await tokens.read("ada")).toEqual(before);
});

describe("PUB-AUTH-13: where the disk is full", () => {
  test("the new pair stays unused until it is written, and then serves without another refresh", async () => {
    const { service, tokens, keeper, clock } = await world();
    const { disk, store } = onFullDisk(tokens);
    disk.isFull = true;
    const one = keeper(store);
    for (let time = 0; time < 3; time++) {
      expect(await caught(one.grant())).toMatchObject({ code: "tokens_not_stored", actor: "operator" });
      await clock.advance(60_000);
    }
    expect(await tokens.read("ada")).toMatchObject({ revision: 1, refreshToken: "refresh-1" });
    disk.isFull = false;
    expect(await one.grant()).toMatchObject({ accessToken: "access-2" });
    expect(service.calls).toBe(1);
    expect(await tokens.read("ada")).toMatchObject({ revision: 2 });
  });

  test("a restart goes on with the stored pair", async () => {
    const { tokens, keeper } = await world();
    const { disk, store } = onFullDisk(tokens);
    disk.isFull = true;
    await caught(keeper(store).grant());
    expect(await keeper().grant()).toMatchObject({ accessToken: "access-3", revision: 2 });
  });

  test("another keeper of the same store takes over the unsaved pair, as after a redeploy", async () => {
    const { service, tokens, keeper } = await world();
    const { disk, store } = onFullDisk(tokens);
    disk.isFull = true;
    await caught(keeper(store).grant());
    expect(await caught(keeper(store).grant())).toMatchObject({ code: "tokens_not_stored" });
    disk.isFull = false;
    expect(await keeper(store).grant()).toMatchObject({ accessToken: "access-2", revision: 2 });
    expect(service.calls).toBe(1);
  });

  test("a consent that was given anew meanwhile is not overwritten, whatever its revision", async () => {
    const { tokens, keeper, clock } = await world();
    const { disk, store } = onFullDisk(tokens);
    const one = keeper(store);
    disk.isFull = true;
    await caught(one.grant());
    disk.isFull = false;
    await tokens.remove("ada");
    const anew = grantOf(1, {
      ...{ accessToken: "anew", refreshToken: "refresh-anew" },
      accessEndsAt: Math.floor(clock.now() / 1000) + 10_800,
    });
    await tokens.write("ada", { ...anew, revision: 0 });
    expect(await one.grant()).toMatchObject({ accessToken: "anew" });
    expect(await tokens.read("ada")).toMatchObject({ accessToken: "anew" });
  });

  test("for seven hours, the new pair is used unsaved, with a warning: there is nothing left to protect", async () => {
    const { service, tokens, keeper, clock, warnings } = await world();
    const { disk, store } = onFullDisk(tokens);
    disk.isFull = true;
    const one = keeper(store);
    await caught(one.grant());
    await clock.advance(7 * HOUR * 1000);
    // Its own time is over, too: the next pair is asked for, and lives in memory only.
    expect(await one.grant()).toMatchObject({ accessToken: "access-3" });
    await clock.advance(2 * HOUR * 1000);
    expect(await one.grant()).toMatchObject({ accessToken: "access-3" });
    await clock.advance(HOUR * 1000);
    expect(await one.grant()).toMatchObject({ accessToken: "access-4" });
    expect([service.calls, warnings]).toEqual([3, ["tokens_in_memory"]]);
    disk.isFull = false;
    await clock.advance(3 * HOUR * 1000);
    expect(await one.grant()).toMatchObject({ accessToken: "access-5", revision: 5 });
    expect(await tokens.read("ada")).toMatchObject({ revision: 5 });
  });
});

describe("PUB-AUTH-16: a refused grant", () => {
  async function ended() {
    const all = await world();
    all.service.living = "none";
    all.service.issued = 7;
    const one = all.keeper();
    expect(await caught(one.grant())).toMatchObject({ code: "grant_ended", actor: "person" });
    return { ...all, one };
  }

  test("is kept and marked, and tried again every six hours only", async () => {
    const { service, tokens, clock, one } = await ended();
    expect(await tokens.read("ada")).toMatchObject({ refreshToken: "refresh-1", ended: { code: "grant_ended" } });
    for (let minute = 0; minute < 6 * 60; minute += 15) {
      expect(await caught(one.grant())).toMatchObject({ code: "grant_ended" });
      await clock.advance(15 * 60_000);
    }
    expect(service.calls).toBe(1);
    await caught(one.grant());
    expect(service.calls).toBe(2);
  });

  test("lives on where the refusal passes", async () => {
    const { service, tokens, clock, one } = await ended();
    service.living = "refresh-1";
    await clock.advance(6 * HOUR * 1000);
    expect((await one.grant()).accessToken).toBe("access-8");
    expect((await tokens.read("ada"))?.ended).toBeUndefined();
  });

  test("gives way at once to a new consent that another program stored, and the old pair is never written back", async () => {
    const { tokens, one } = await ended();
    const fresh = grantOf(40, { accessEndsAt: START + 3 * HOUR, accessToken: "new" });
    await tokens.write("ada", fresh);
    expect(await one.grant()).toEqual(fresh);
    expect(await tokens.read("ada")).toEqual(fresh);
  });

  test("is forgotten with the tokens that it was about: a new consent is renewed when its time comes", async () => {
    const { clock, service, tokens, one } = await ended();
    const fresh = grantOf(40, { accessEndsAt: START + 3 * HOUR, accessToken: "new", refreshToken: "another" });
    await tokens.write("ada", fresh);
    await one.grant();
    service.fail = undefined;
    service.living = "another";
    await clock.advance(3 * HOUR * 1000);
    expect((await one.grant()).revision).toBe(41);
  });

  test.each([
    ["unlink", "person_unlinked"],
    ["delete", "person_deleted"],
  ] as const)(
    "PUB-NOTIFY-3: tells that a callback said %s, whether it came before the refusal or after it",
    async (end, code) => {
      const before = await world();
      before.service.living = "none";
      before.service.issued = 7;
      const first = before.keeper();
      first.announce(end);
      expect(await caught(first.grant())).toMatchObject({ code, actor: "person" });
      const after = await ended();
      await after.clock.advance(60_000);
      after.one.announce(end);
      expect(await caught(after.one.grant())).toMatchObject({ code });
      for (const { tokens, keeper, service } of [before, after]) {
        expect(await tokens.read("ada")).toMatchObject({ ended: { code } });
        expect(await caught(keeper().grant())).toMatchObject({ code });
        expect(service.calls).toBe(1);
      }
    },
  );

  test("PUB-NOTIFY-3: is not called withdrawn by a callback of another hour, deleted stays deleted, and a grant that works stays", async () => {
    const { clock, one } = await ended();
    await clock.advance(HOUR * 1000);
    one.announce("unlink");
    expect(await caught(one.grant())).toMatchObject({ code: "grant_ended" });
    const working = (await world()).keeper();
    working.announce("delete");
    expect((await working.grant()).ended).toBeUndefined();
    const other = (await ended()).one;
    for (const end of ["delete", "unlink"] as const) {
      other.announce(end);
      expect(await caught(other.grant())).toMatchObject({ code: "person_deleted" });
    }
  });

  test("is refused after a restart, too, without a call", async () => {
    const { service, keeper } = await ended();
    expect(await caught(keeper().grant())).toMatchObject({ code: "grant_ended" });
    expect(service.calls).toBe(1);
  });
});

test("PUB-AUTH-10: after a refusal the store is read again, and the newer pair of another program is used", async () => {
  const { service, tokens, keeper } = await world();
  const fresh = grantOf(9, { accessEndsAt: START + 3 * HOUR });
  const held = keeper({ ...tokens, exclusively: (_, work) => work() });
  service.fail = () => new NotAuthorizedError("refused", { code: "grant_ended" });
  service.hold = tokens.write("ada", fresh);
  expect(await held.grant()).toEqual(fresh);
});

test("a person who never consented, or consented to another application, is told so", async () => {
  const { service, keeper } = await world();
  expect(await caught(keeper(memoryTokenStore()).grant())).toMatchObject({ code: "not_authorized", actor: "person" });
  expect(await caught(keeper(undefined, "another client").grant())).toMatchObject({ code: "not_authorized" });
  expect(service.calls).toBe(0);
});

test("PUB-AUTH-22: thirty days before the year of a refresh token ends, the operator is told once", async () => {
  const { clock, keeper, warnings } = await world({ endsInS: 400 * DAY });
  await clock.advance(334 * DAY * 1000);
  await keeper().grant();
  expect(warnings).toEqual([]);
  await clock.advance(2 * DAY * 1000);
  const one = keeper();
  for (let time = 0; time < 3; time++) await one.grant();
  expect(warnings).toEqual(["consent_old"]);
});

test("one caller that gives up ends the wait of no other", async () => {
  const { service, keeper } = await world();
  const gate = Promise.withResolvers<void>();
  service.hold = gate.promise;
  const one = keeper();
  const aborter = new AbortController();
  const givenUp = caught(one.grant({ signal: aborter.signal }));
  const waiting = one.grant();
  aborter.abort(new Error("stopping"));
  expect(await givenUp).toMatchObject({ message: "stopping" });
  gate.resolve();
  expect((await waiting).revision).toBe(2);
});
