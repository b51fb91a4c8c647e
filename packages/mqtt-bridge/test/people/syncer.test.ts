import type { LatestValue } from "@weighbridge/core";
import { FakePersonApi, personStoreContract } from "@weighbridge/core/testing";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { Syncer } from "../../src/people/syncer.ts";
import { changeOf } from "../support/changes.ts";
import { openStore, START } from "../support/open-store.ts";

personStoreContract("A person of the bridge's SQLite file", () => {
  const directory = stateDir();
  const [key, addedAt] = ["wbs:29", START];
  return {
    key,
    addedAt,
    open: async () => {
      const { store, clock } = openStore(directory);
      const [known] = await store.people();
      const stored = known ?? (await store.addPerson(key, addedAt));
      const api = new FakePersonApi();
      const settings = { slug: "ada", ambiguous: "hold" } as const;
      const toMessage = () => ({ topic: "t", payload: "" });
      return {
        store: new Syncer({ stored, settings, api, store, clock, toMessage, onCommitted: () => {} }),
        takeHint: (window, takenAt) => store.takeHint(stored.id, window, takenAt),
        close: () => store.close(),
      };
    },
  };
});

test("of a hundred thousand measures two hundred are kept as topics, the known ones among them", async () => {
  const { store, clock } = openStore(stateDir());
  const stored = await store.addPerson("wbs:29", START);
  const settings = { slug: "ada", ambiguous: "hold" } as const;
  const toMessage = () => ({ topic: "t", payload: "" });
  const syncer = new Syncer({
    stored,
    settings,
    api: new FakePersonApi(),
    store,
    clock,
    toMessage,
    onCommitted: () => {},
  });
  const latest: Record<string, LatestValue> = {};
  for (let code = 1_000; code < 101_000; code++) latest[`type_${code}`] = newest(`type_${code}`, code);
  latest["weight"] = newest("weight", 1);
  const change = changeOf([]);
  await syncer.commit({ change: { ...change, state: { ...change.state, latest, profile: {} } } });
  expect(syncer.stored.seen).toHaveLength(LIMITS.measuresAdvertised);
  expect(syncer.stored.seen).toContain("weight");
});

const newest = (type: string, code: number): LatestValue => ({ type, code, value: 1, measuredAt: START, groupId: 1 });
