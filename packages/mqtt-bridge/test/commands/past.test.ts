import { type MeasureGroup, type PastReading, pastReadings, systemClock } from "@weighbridge/core";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { allGroups, type ReadPerson, readingsIn } from "../../src/commands/past.ts";
import { LIMITS } from "../../src/limits.ts";
import { openSqliteStoreToRead } from "../../src/store/sqlite/sqlite-store.ts";
import { changeOf } from "../support/changes.ts";
import { openStore } from "../support/open-store.ts";

const START = 1_700_000_000;

const group = (id: number, measuredAt: number, type: "weight" | "fat_ratio"): MeasureGroup => ({
  ...{ id, measuredAt, attribution: { code: 0, name: "device" }, category: { code: 1, name: "measure" } },
  measures: [{ type, code: type === "weight" ? 1 : 6, value: 60 + (id % 100) / 10 }],
});

/** Stores the groups, and reads them beside the open store. */
async function read(groups: readonly MeasureGroup[], span: { from: number; to: number }): Promise<PastReading[]> {
  const directory = stateDir();
  const { store } = openStore(directory);
  const { id } = await store.addPerson("wbs:29", 0);
  await store.commitSync(id, { change: changeOf(groups), messages: [], isStateChanged: true });
  const reader = openSqliteStoreToRead(directory, systemClock);
  try {
    const [stored] = await reader.people();
    const person = { rows: { stored, groups: reader.reader(id) } } as unknown as ReadPerson;
    const found: PastReading[] = [];
    for await (const part of readingsIn(person, span, reader)) found.push(...part);
    return found;
  } finally {
    await reader.close();
  }
}

test("every group is read once, also where more have one second than one part takes", async () => {
  const directory = stateDir();
  const { store } = openStore(directory);
  const { id } = await store.addPerson("wbs:29", 0);
  const times = Array.from({ length: LIMITS.exportRead * 3 }, (_, n) => (n < LIMITS.exportRead * 1.5 ? 500 : 500 + n));
  const groups = times.map((at, n) => group(n + 1, START + at, "weight"));
  await store.commitSync(id, { change: changeOf(groups), messages: [], isStateChanged: true });
  const reader = openSqliteStoreToRead(directory, systemClock);
  const found: MeasureGroup[] = [];
  for await (const part of allGroups(reader, id)) found.push(...part);
  await reader.close();
  expect(found).toEqual(groups);
});

const UNKNOWN = { verdicts: new Map(), eventCounts: new Map() };
const ALL = { from: 0, to: 99_999_999_999 };

test("a history that is read in parts is the one that is read whole, with companions on either side of each part", async () => {
  // A weigh-in, then something that belongs to it, then something that may belong to the next one as well.
  const groups = Array.from({ length: LIMITS.exportRead * 3 }, (_, index) =>
    group(index + 1, START + Math.floor(index / 3) * 70 + (index % 3) * 20, index % 3 === 0 ? "weight" : "fat_ratio"),
  );
  const whole = pastReadings(groups, UNKNOWN);
  expect(await read(groups, ALL)).toEqual(whole);
  const span = { from: START + 7_000, to: START + 70_000 };
  expect(await read(groups, span)).toEqual(
    whole.filter(({ measuredAt }) => measuredAt >= span.from && measuredAt <= span.to),
  );
});

test("more groups in one second than are read at once neither stop nor repeat", async () => {
  const dense = Array.from({ length: LIMITS.exportRead + 500 }, (_, index) => group(index + 1, START, "weight"));
  const groups = [...dense, group(9_001, START + 1, "fat_ratio"), group(9_002, START + 500, "weight")];
  expect(await read(groups, ALL)).toEqual(pastReadings(groups, UNKNOWN));
});
