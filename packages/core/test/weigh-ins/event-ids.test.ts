import { expect, test } from "vitest";
import { group } from "../../src/testing/groups.ts";
import { Host } from "./host.ts";

const NOW = 1_000_000;
const weight = (id: number, at: number, value: number) => group({ id, at, values: { weight: value } });

async function withAnchor(): Promise<Host> {
  const host = new Host();
  host.api.put(group({ id: 99, at: NOW - 9_000, target: true, values: { weight: 70 } }));
  await host.poll();
  host.store.events.length = 0;
  return host;
}

const ids = (host: Host) => host.events.map(({ id }) => id);

test("edits there and back are four events with four ids", async () => {
  const host = await withAnchor();
  for (const value of [79, 78, 79, 78]) {
    host.api.put(weight(1, NOW, value));
    await host.hint(NOW);
  }
  expect(host.kinds).toEqual(["weigh_in", "weigh_in_updated", "weigh_in_updated", "weigh_in_updated"]);
  expect(new Set(ids(host)).size).toBe(4);
});

test("a weigh-in that is deleted and comes again has ids of its own each time", async () => {
  const host = await withAnchor();
  for (let round = 0; round < 2; round++) {
    host.api.put(weight(1, NOW, 79));
    await host.hint(NOW);
    host.api.delete(1);
    await host.hint(NOW);
  }
  expect(host.kinds).toEqual(["weigh_in", "weigh_in_deleted", "weigh_in", "weigh_in_deleted"]);
  expect(new Set(ids(host)).size).toBe(4);
});

test("a profile that is changed there and back has an id for each change", async () => {
  const host = await withAnchor();
  for (const firstName of ["Ada", "Adele", "Ada", "Adele"]) await host.profile({ firstName });
  expect(host.kinds).toEqual(["profile_updated", "profile_updated", "profile_updated"]);
  expect(new Set(ids(host)).size).toBe(3);
});

test("an event whose commit was lost has the same id when it is made again", async () => {
  const lost = await withAnchor();
  const kept = await withAnchor();
  for (const host of [lost, kept]) host.api.put(weight(1, NOW, 79));
  await lost.loseCommit(() => lost.hint(NOW));
  await kept.hint(NOW);
  await lost.poll();
  expect(ids(lost)).toEqual(ids(kept));
});
