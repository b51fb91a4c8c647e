import type { DatabaseSync, StatementSync } from "node:sqlite";
import { WAITING_WINDOWS } from "@weighbridge/core";
import { LIMITS } from "../../limits.ts";

/** States of an outbox row. */
export const OWED = 0;
export const RELEASED = 2;
export const PARKED = 4;

/** Every statement of the store, by name. */
const SQL = {
  setting: "SELECT value FROM meta WHERE name = ?",
  addSetting: "INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)",
  people: "SELECT id, key, added_at, cursor, state, subscription, memory, seen FROM people ORDER BY id",
  addPerson: "INSERT INTO people (key, added_at, state, seen) VALUES (?, ?, ?, '[]') RETURNING id",
  removePerson: "DELETE FROM people WHERE id = ?",
  removeGroups: "DELETE FROM groups WHERE person = ?",
  removeVerdicts: "DELETE FROM verdicts WHERE person = ?",
  removeEventCounts: "DELETE FROM event_counts WHERE person = ?",
  removeHints: "DELETE FROM hints WHERE person = ?",
  saveState: "UPDATE people SET state = ? WHERE id = ?",
  saveStateAndMemory: "UPDATE people SET state = ?, memory = ? WHERE id = ?",
  saveCursor: "UPDATE people SET cursor = ? WHERE id = ?",
  saveSeen: "UPDATE people SET seen = ? WHERE id = ?",
  saveMemory: "UPDATE people SET memory = ? WHERE id = ?",
  saveSubscription: "UPDATE people SET subscription = ? WHERE id = ?",
  dropSameHint: "DELETE FROM hints WHERE person = ? AND from_s IS ? AND to_s IS ?",
  // The quota of a person: where too many windows wait, one from the first to the last of them takes their place.
  mergeHints: `INSERT INTO hints (person, from_s, to_s, taken_at) SELECT person, min(from_s), max(to_s), ? FROM hints
    WHERE person = ? AND from_s IS NOT NULL GROUP BY person HAVING count(*) >= ${WAITING_WINDOWS}`,
  dropMerged: `DELETE FROM hints WHERE person = ? AND from_s IS NOT NULL AND id < (SELECT max(id) FROM hints WHERE person = ?)
    AND (SELECT count(*) FROM hints WHERE person = ? AND from_s IS NOT NULL) >= ${WAITING_WINDOWS}`,
  takeHint: "INSERT INTO hints (person, from_s, to_s, taken_at) VALUES (?, ?, ?, ?)",
  hints: "SELECT id, from_s, to_s, taken_at, tries, next_at FROM hints WHERE person = ? ORDER BY id DESC LIMIT ?",
  hinted: "SELECT DISTINCT person FROM hints",
  doneHint: "DELETE FROM hints WHERE id = ?",
  triedHint: "UPDATE hints SET tries = ?, next_at = ? WHERE id = ?",
  eventCount: "SELECT events FROM event_counts WHERE person = ? AND subject = ?",
  countEvent: `INSERT INTO event_counts (person, subject, events) VALUES (?, ?, 1)
    ON CONFLICT (person, subject) DO UPDATE SET events = events + 1`,
  between: "SELECT json FROM groups WHERE person = ? AND measured_at BETWEEN ? AND ? ORDER BY measured_at, id",
  byId: "SELECT json FROM groups WHERE person = ? AND id = ?",
  before: "SELECT json FROM groups WHERE person = ? AND measured_at <= ? ORDER BY measured_at DESC, id DESC LIMIT ?",
  from: "SELECT json FROM groups WHERE person = ? AND measured_at >= ? ORDER BY measured_at, id LIMIT ?",
  putGroup: "INSERT OR REPLACE INTO groups (person, id, measured_at, json) VALUES (?, ?, ?, ?)",
  removeGroup: "DELETE FROM groups WHERE person = ? AND id = ?",
  span: `SELECT (SELECT min(measured_at) FROM groups WHERE person = ?) AS oldest,
    (SELECT max(measured_at) FROM groups WHERE person = ?) AS newest`,
  verdict: "SELECT verdict FROM verdicts WHERE person = ? AND weigh_in = ?",
  putVerdict: "INSERT OR REPLACE INTO verdicts (person, weigh_in, verdict) VALUES (?, ?, ?)",
  allHeld: "SELECT person, weigh_in, measured_at, json FROM held ORDER BY person, measured_at DESC, weigh_in DESC",
  held: `SELECT weigh_in, measured_at, json FROM held WHERE person = ? ORDER BY measured_at DESC, weigh_in DESC
    LIMIT ${LIMITS.heldShown}`,
  countHeld: "SELECT count(*) AS n FROM held WHERE person = ?",
  hold: "INSERT OR REPLACE INTO held (person, weigh_in, measured_at, json) VALUES (?, ?, ?, ?)",
  endHeld: "DELETE FROM held WHERE person = ? AND weigh_in = ?",
  removeHeld: "DELETE FROM held WHERE person = ?",
  addEvent: "INSERT INTO outbox (topic, payload, added_at) VALUES (?, ?, ?)",
  owed: `SELECT id, topic, payload FROM outbox WHERE state = ${OWED} AND id > ? ORDER BY id LIMIT ?`,
  released: `SELECT id FROM outbox WHERE state = ${RELEASED} ORDER BY id`,
  lastOutboxId: "SELECT coalesce(max(id), 0) AS id FROM outbox",
  mark: "UPDATE outbox SET state = ?, note = ? WHERE id = ?",
  firstParked: `SELECT min(id) AS id FROM outbox WHERE state = ${PARKED}`,
  unpark: `UPDATE outbox SET state = ${OWED}, note = NULL WHERE state = ${PARKED}`,
  finish: "DELETE FROM outbox WHERE id = ?",
  countHints: "SELECT count(*) AS n, min(taken_at) AS oldest FROM hints",
  oldestOwed: `SELECT added_at FROM outbox WHERE state < ${PARKED} ORDER BY id LIMIT 1`,
  countOutbox: "SELECT count(*) AS n FROM outbox WHERE state BETWEEN ? AND ?",
  retained: "SELECT topic FROM retained",
  addRetained: "INSERT OR IGNORE INTO retained (topic) VALUES (?)",
  removeRetained: "DELETE FROM retained WHERE topic = ?",
} as const;

export type StatementName = keyof typeof SQL;
type Value = string | number | null;

/** A statement with its values: plain data, so that it can go to another thread. */
export type Step = readonly [name: StatementName, ...values: Value[]];

/** The first row that a step gave; undefined for none. */
export type StepResult = Readonly<Record<string, Value>> | undefined;

/** Prepares each statement at its first use, so that starting costs nothing for what is seldom asked. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<StatementName, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  get(name: StatementName): StatementSync {
    let statement = this.#prepared.get(name);
    if (statement === undefined) {
      statement = this.#db.prepare(SQL[name]);
      this.#prepared.set(name, statement);
    }
    return statement;
  }

  /** Runs all steps in one transaction. Throws the error of SQLite, after which nothing of them is stored. */
  commit(steps: readonly Step[]): StepResult[] {
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      const results = steps.map(([name, ...values]) => this.get(name).get(...values) as StepResult);
      this.#db.exec("COMMIT");
      return results;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    } catch {
      // The first error is the one that matters.
    }
  }
}
