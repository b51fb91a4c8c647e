import { describe, expect, test } from "vitest";
import { group } from "../../src/testing/groups.ts";
import { Host } from "./host.ts";

const DAY = 86_400;
/** The clock of Host and FakePersonApi. */
const T = 1_000_000;

describe("PUB-USER-2: a weight goal of the profile", () => {
  test("is known without an event at the first look, and target_set when it changes", async () => {
    const host = new Host();
    host.api.put(group({ id: 1, at: T, values: { weight: 81 } }));
    await host.poll();
    await host.profile({ targetWeight: 75 });
    expect(host.person.state.target["weight"]).toMatchObject({ value: 75, groupId: 0 });
    await host.profile({ targetWeight: 74.5 });
    await host.profile({ targetWeight: 74.5 });
    expect(host.events.filter(({ kind }) => kind !== "weigh_in")).toMatchObject([
      { kind: "target_set", subjectId: null, values: { weight: 74.5 }, derived: { toTarget: 6.5 } },
    ]);
  });

  test("is cleared without an event when there is none any more, and set again later", async () => {
    const host = new Host();
    await host.profile({ targetWeight: 75 });
    await host.profile({});
    expect(host.person.state.target).toEqual({});
    await host.profile({ targetWeight: 75 });
    expect(host.kinds).toEqual(["target_set"]);
  });

  test("is no part of the profile: both can change in one look, each with an event", async () => {
    const host = new Host();
    await host.profile({ firstName: "Ada", targetWeight: 75 });
    await host.profile({ firstName: "Ada B", targetWeight: 70 });
    expect(host.kinds).toEqual(["profile_updated", "target_set"]);
    expect(host.person.state.profile).toEqual({ firstName: "Ada B" });
    expect(new Set(host.events.map(({ id }) => id)).size).toBe(2);
  });

  test("does not touch a target that came as a group", async () => {
    const host = new Host();
    host.api.put(group({ id: 9, at: T - DAY, target: true, values: { weight: 70 } }));
    await host.poll();
    await host.profile({ firstName: "Ada" });
    expect(host.person.state.target["weight"]).toMatchObject({ value: 70, groupId: 9 });
  });
});
