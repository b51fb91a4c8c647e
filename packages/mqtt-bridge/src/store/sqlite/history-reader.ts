import { existsSync } from "node:fs";
import type { MeasureGroup, StoredVerdict } from "@weighbridge/core";
import { StoreError } from "../../errors.ts";
import { Database } from "./connection.ts";
import { databaseFile } from "./open-database.ts";
import { storeError } from "./store-errors.ts";

/** The stored history of a state directory, also while a bridge runs on it: nothing is written, and no lock is taken. */
export interface HistoryReader {
  /** Undefined for a person whom no bridge has followed yet. */
  idOf(personKey: string): number | undefined;
  /** By ascending time, read as they are asked for. */
  groups(personId: number): Iterable<MeasureGroup>;
  verdict(personId: number, weighInId: number): StoredVerdict | undefined;
  close(): void;
}

/** Throws a StoreError. */
export function openHistory(directory: string): HistoryReader {
  const file = databaseFile(directory);
  if (!existsSync(file))
    throw new StoreError(`there is no state in ${directory}`, {
      code: "state_unusable",
      remedy: "Run the bridge with this configuration first: it collects the history.",
    });
  try {
    const db = new Database(file, { readOnly: true });
    const person = db.prepare("SELECT id FROM people WHERE key = ?");
    const groups = db.prepare("SELECT json FROM groups WHERE person = ? ORDER BY measured_at, id");
    const verdict = db.prepare("SELECT verdict FROM verdicts WHERE person = ? AND weigh_in = ?");
    return {
      idOf: (key) => (person.get(key) as { id: number } | undefined)?.id,
      *groups(id) {
        for (const row of groups.iterate(id)) yield JSON.parse(row["json"] as string) as MeasureGroup;
      },
      verdict: (id, weighIn) => (verdict.get(id, weighIn) as { verdict: StoredVerdict } | undefined)?.verdict,
      close: () => db.close(),
    };
  } catch (cause) {
    throw storeError(file, cause);
  }
}
