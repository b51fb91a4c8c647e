import type { LatestValue } from "@weighbridge/core";
import { personStoreContract } from "@weighbridge/core/testing";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { PersonRows } from "../../src/people/person-rows.ts";
import { changeOf } from "../support/changes.ts";
import { openStore, START } from "../support/open-store.ts";
import { storedPerson } from "../support/stored-person.ts";

personStoreContract("A person of the bridge's SQLite file", () => {
  const directory = stateDir();
  return storedPerson(() => openStore(directory).store);
});

test("of a hundred thousand measures two hundred are kept as topics, the known ones among them", async () => {
  const { store } = openStore(stateDir());
  const stored = await store.addPerson("wbs:29", START);
  const toMessage = () => ({ topic: "t", payload: "" });
  const rows = new PersonRows({ stored, store, toMessage, onCommitted: () => {} });
  const latest: Record<string, LatestValue> = {};
  for (let code = 1_000; code < 101_000; code++) latest[`type_${code}`] = newest(`type_${code}`, code);
  latest["weight"] = newest("weight", 1);
  const change = changeOf([]);
  await rows.commit({ change: { ...change, state: { ...change.state, latest, profile: {} } } });
  expect(rows.stored.seen).toHaveLength(LIMITS.measuresAdvertised);
  expect(rows.stored.seen).toContain("weight");
});

const newest = (type: string, code: number): LatestValue => ({ type, code, value: 1, measuredAt: START, groupId: 1 });
