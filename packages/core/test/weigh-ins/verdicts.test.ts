import { describe, expect, test } from "vitest";
import type { AmbiguousPolicy } from "../../src/domain/weigh-in.ts";
import { group } from "../../src/testing/groups.ts";
import { Host } from "./host.ts";

const NOW = 1_000_000;
const weight = (id: number, at: number, value: number, attrib = 1) =>
  group({ id, at, attrib, values: { weight: value } });

/** A sure weigh-in an hour ago, and one just now that may be somebody else's. */
async function withAmbiguous(ambiguous: AmbiguousPolicy): Promise<Host> {
  const host = new Host({ ambiguous });
  host.api.put(weight(1, NOW - 3_600, 80, 0));
  await host.poll();
  host.store.events.length = 0;
  host.api.put(weight(2, NOW, 62));
  await host.hint(NOW);
  return host;
}

const last = (host: Host) => host.person.state.lastWeighIn?.id;

describe("a weigh-in that the policy accepted", () => {
  test.each(["hold", "ignore"] as const)(
    "stays when the policy becomes %s, and leaves the state when it is deleted",
    async (policy) => {
      const host = await withAmbiguous("accept");
      host.ambiguous = policy;
      await host.poll();
      expect(last(host)).toBe(2);
      host.api.delete(2);
      await host.hint(NOW);
      expect(host.kinds).toEqual(["weigh_in", "weigh_in_deleted"]);
      expect(host.person.state).toMatchObject({ lastWeighIn: { id: 1 }, previousWeight: null, trend: { value: 80 } });
      expect(host.person.state.latest["weight"]?.value).toBe(80);
    },
  );

  test("is updated, not announced again, when it is edited under another policy", async () => {
    const host = await withAmbiguous("accept");
    host.ambiguous = "hold";
    host.api.put(weight(2, NOW, 63));
    await host.hint(NOW);
    expect(host.kinds).toEqual(["weigh_in", "weigh_in_updated"]);
    expect(host.person.state.latest["weight"]?.value).toBe(63);
  });

  test("can be refused", async () => {
    const host = await withAmbiguous("accept");
    expect(await host.decide(2, "refused")).toBe("done");
    expect(host.kinds).toEqual(["weigh_in", "weigh_in_deleted"]);
    expect(last(host)).toBe(1);
  });
});

describe("a held weigh-in", () => {
  test("is announced as a weigh-in first when it is edited after the policy became accept", async () => {
    const host = await withAmbiguous("hold");
    host.ambiguous = "accept";
    host.api.put(weight(2, NOW, 63));
    await host.hint(NOW);
    expect(host.kinds).toEqual(["weigh_in_ambiguous", "weigh_in"]);
    expect(last(host)).toBe(2);
  });

  test("is not let into the state by a policy that came later, but by a verdict", async () => {
    const host = await withAmbiguous("hold");
    host.ambiguous = "accept";
    host.api.put(weight(3, NOW + 100, 79, 0));
    await host.hint(NOW + 100);
    host.api.delete(3);
    await host.hint(NOW + 100);
    expect(last(host)).toBe(1);
    expect(await host.decide(2, "claimed")).toBe("done");
    expect(last(host)).toBe(2);
  });

  test("that is deleted after the policy became ignore is announced as deleted", async () => {
    const host = await withAmbiguous("hold");
    host.ambiguous = "ignore";
    host.api.delete(2);
    await host.hint(NOW);
    expect(host.kinds).toEqual(["weigh_in_ambiguous", "weigh_in_deleted"]);
  });
});

test("a refused weigh-in counts, with its event, when the API becomes sure", async () => {
  const host = await withAmbiguous("hold");
  await host.decide(2, "refused");
  host.api.put(weight(2, NOW, 62, 0));
  await host.hint(NOW);
  expect(host.kinds).toEqual(["weigh_in_ambiguous", "weigh_in"]);
  expect(last(host)).toBe(2);
});

describe("a verdict", () => {
  test.each(["claimed", "refused"] as const)(
    "(%s) on a weigh-in of which the API is sure is refused, and changes nothing",
    async (verdict) => {
      const host = await withAmbiguous("hold");
      const before = host.person;
      expect(await host.decide(1, verdict)).toBe("not_held");
      expect(host.person).toEqual(before);
      expect(host.kinds).toEqual(["weigh_in_ambiguous"]);
    },
  );

  test("that is given again changes nothing, and one that is taken back has an id of its own", async () => {
    const host = await withAmbiguous("hold");
    for (const verdict of ["claimed", "claimed", "refused", "refused", "claimed", "refused"] as const)
      expect(await host.decide(2, verdict)).toBe("done");
    expect(host.kinds).toEqual(["weigh_in_ambiguous", "weigh_in", "weigh_in_deleted", "weigh_in", "weigh_in_deleted"]);
    expect(new Set(host.events.map(({ id }) => id)).size).toBe(5);
    expect(last(host)).toBe(1);
  });
});
