import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type Clock,
  type EpochSeconds,
  emptyPersonState,
  type GroupReader,
  type MeasureGroup,
  type StoredHint,
  type SyncChange,
  type Verdict,
  type Window,
} from "@weighbridge/core";
import { LIMITS } from "../../limits.ts";
import type { OutboxRow, Store, StoredPerson, SyncCommit } from "../store.ts";
import { databaseFile, type OpenOptions, openDatabase } from "./open-database.ts";
import { storeError } from "./store-errors.ts";
import { WriteQueue } from "./write-queue.ts";

const OWED = 0;
const RELEASED = 2;
const PARKED = 4;

const SQL = {
  setting: "SELECT value FROM meta WHERE name = ?",
  addSetting: "INSERT INTO meta (name, value) VALUES (?, ?)",
  people: "SELECT id, key, added_at, cursor, state, subscription, memory, seen FROM people ORDER BY id",
  addPerson: "INSERT INTO people (key, added_at, state, seen) VALUES (?, ?, ?, '[]')",
  saveState: "UPDATE people SET state = ? WHERE id = ?",
  saveCursor: "UPDATE people SET cursor = ? WHERE id = ?",
  saveSeen: "UPDATE people SET seen = ? WHERE id = ?",
  saveSubscription: "UPDATE people SET subscription = ? WHERE id = ?",
  saveMemory: "UPDATE people SET memory = ? WHERE id = ?",
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
  putGroup: "INSERT OR REPLACE INTO groups (person, id, measured_at, json) VALUES (?, ?, ?, ?)",
  removeGroup: "DELETE FROM groups WHERE person = ? AND id = ?",
  verdict: "SELECT verdict FROM verdicts WHERE person = ? AND weigh_in = ?",
  putVerdict: "INSERT OR REPLACE INTO verdicts (person, weigh_in, verdict) VALUES (?, ?, ?)",
  addEvent: "INSERT INTO outbox (topic, payload) VALUES (?, ?)",
  owed: `SELECT id, topic, payload FROM outbox WHERE state = ${OWED} AND id > ? ORDER BY id LIMIT ?`,
  released: `SELECT id FROM outbox WHERE state = ${RELEASED} ORDER BY id`,
  lastOutboxId: "SELECT coalesce(max(id), 0) AS id FROM outbox",
  mark: "UPDATE outbox SET state = ?, note = ? WHERE id = ?",
  firstParked: `SELECT min(id) AS id FROM outbox WHERE state = ${PARKED}`,
  unpark: `UPDATE outbox SET state = ${OWED}, note = NULL WHERE state = ${PARKED}`,
  finish: "DELETE FROM outbox WHERE id = ?",
  countHints: "SELECT count(*) AS n FROM hints",
  countOutbox: "SELECT count(*) AS n FROM outbox WHERE state BETWEEN ? AND ?",
  retained: "SELECT topic FROM retained",
  addRetained: "INSERT OR IGNORE INTO retained (topic) VALUES (?)",
  removeRetained: "DELETE FROM retained WHERE topic = ?",
} as const;

interface PersonRow {
  readonly id: number;
  readonly key: string;
  readonly added_at: number;
  readonly cursor: number | null;
  readonly state: string;
  readonly subscription: string | null;
  readonly memory: string;
  readonly seen: string;
}

interface HintRow {
  readonly id: number;
  readonly from_s: number | null;
  readonly to_s: number | null;
  readonly taken_at: number;
  readonly tries: number;
  readonly next_at: number;
}

export interface SqliteStoreOptions extends Partial<OpenOptions> {
  readonly directory: string;
  readonly clock: Clock;
  /** A write failed with a StoreError; the process must end. Called once. */
  readonly onFailure: (error: unknown) => void;
}

/** Opens the store of a state directory. Throws a StoreError, also where another bridge has it open. */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const { directory, clock, onFailure, onWarning = () => {} } = options;
  const { db, close } = openDatabase(directory, { onWarning });
  const failed = (error: unknown) => onFailure(storeError(databaseFile(directory), error));
  return new SqliteStore(db, close, clock, new WriteQueue(db, failed));
}

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #closeDatabase: () => void;
  readonly #clock: Clock;
  readonly #queue: WriteQueue;
  readonly #statements = new Map<keyof typeof SQL, StatementSync>();
  readonly #closing = new AbortController();
  #finished: number[] = [];
  #isLateWriteDue = false;

  constructor(db: DatabaseSync, closeDatabase: () => void, clock: Clock, queue: WriteQueue) {
    this.#db = db;
    this.#closeDatabase = closeDatabase;
    this.#clock = clock;
    this.#queue = queue;
  }

  /** Prepared at its first use, so that starting costs nothing for what is seldom asked. */
  #sql(name: keyof typeof SQL): StatementSync {
    let statement = this.#statements.get(name);
    if (statement === undefined) {
      statement = this.#db.prepare(SQL[name]);
      this.#statements.set(name, statement);
    }
    return statement;
  }

  setting(name: string, make: () => string): Promise<string> {
    return this.#queue.write(() => {
      const known = this.#sql("setting").get(name) as { value: string } | undefined;
      if (known) return known.value;
      const value = make();
      this.#sql("addSetting").run(name, value);
      return value;
    });
  }

  async people(): Promise<StoredPerson[]> {
    return (this.#sql("people").all() as unknown as PersonRow[]).map((row) => ({
      id: row.id,
      key: row.key,
      addedAt: row.added_at,
      cursor: row.cursor,
      state: JSON.parse(row.state),
      subscription: row.subscription === null ? null : JSON.parse(row.subscription),
      memory: JSON.parse(row.memory),
      seen: JSON.parse(row.seen),
    }));
  }

  addPerson(key: string, addedAt: number): Promise<StoredPerson> {
    const state = emptyPersonState();
    return this.#queue.write(() => {
      const id = Number(this.#sql("addPerson").run(key, addedAt, JSON.stringify(state)).lastInsertRowid);
      return { id, key, addedAt, cursor: null, state, subscription: null, memory: {}, seen: [] };
    });
  }

  removePerson(id: number): Promise<void> {
    return this.#queue.write(() => {
      for (const table of ["groups", "verdicts", "event_counts", "hints"])
        this.#db.prepare(`DELETE FROM ${table} WHERE person = ?`).run(id);
      this.#db.prepare("DELETE FROM people WHERE id = ?").run(id);
    });
  }

  takeHint(personId: number, window: Window | null, takenAt: EpochSeconds): Promise<void> {
    const { from = null, to = null } = window ?? {};
    return this.#queue.write(() => void this.#sql("takeHint").run(personId, from, to, takenAt));
  }

  async hints(personId: number, limit: number): Promise<StoredHint[]> {
    return (this.#sql("hints").all(personId, limit) as unknown as HintRow[]).map(
      ({ id, from_s: from, to_s: to, taken_at: takenAt, tries, next_at: nextAt }) => {
        const window = from === null || to === null ? null : { from, to };
        return { id, window, takenAt, tries, nextAt };
      },
    );
  }

  async hinted(): Promise<number[]> {
    return (this.#sql("hinted").all() as { person: number }[]).map(({ person }) => person);
  }

  reader(personId: number): GroupReader {
    const groups = (rows: unknown) => (rows as { json: string }[]).map(({ json }) => JSON.parse(json) as MeasureGroup);
    return {
      between: async (from, to) => groups(this.#sql("between").all(personId, from, to)),
      byIds: async (ids) =>
        groups(ids.map((id) => this.#sql("byId").get(personId, id)).filter((row) => row !== undefined)).sort(
          (a, b) => a.measuredAt - b.measuredAt || a.id - b.id,
        ),
      before: async (to, limit) => groups(this.#sql("before").all(personId, to, limit)).reverse(),
      verdicts: async (ids) => {
        const found = new Map<number, Verdict>();
        for (const id of ids) {
          const row = this.#sql("verdict").get(personId, id) as { verdict: Verdict } | undefined;
          if (row) found.set(id, row.verdict);
        }
        return found;
      },
      eventCounts: async (ids) => {
        const found = new Map<number, number>();
        for (const id of ids) {
          const row = this.#sql("eventCount").get(personId, id) as { events: number } | undefined;
          if (row) found.set(id, row.events);
        }
        return found;
      },
    };
  }

  commitSync(personId: number, commit: SyncCommit): Promise<void> {
    const { change, messages, doneHints = [], triedHints = [] } = commit;
    return this.#queue.write(() => {
      if (change) this.#writeGroups(personId, change);
      this.#writePerson(personId, commit);
      for (const { topic, payload } of messages) this.#sql("addEvent").run(topic, payload);
      for (const id of doneHints) this.#sql("doneHint").run(id);
      for (const { id, tries, nextAt } of triedHints) this.#sql("triedHint").run(tries, nextAt, id);
    });
  }

  #writePerson(personId: number, { change, memory, subscription, isStateChanged, seen }: SyncCommit): void {
    if (change && isStateChanged) this.#sql("saveState").run(JSON.stringify(change.state), personId);
    if (change?.cursor !== undefined) this.#sql("saveCursor").run(change.cursor, personId);
    if (seen) this.#sql("saveSeen").run(JSON.stringify(seen), personId);
    if (memory) this.#sql("saveMemory").run(JSON.stringify(memory), personId);
    if (subscription) this.#sql("saveSubscription").run(JSON.stringify(subscription), personId);
  }

  #writeGroups(personId: number, { upserts, removals, events, verdict }: SyncChange): void {
    for (const group of upserts) this.#sql("putGroup").run(personId, group.id, group.measuredAt, JSON.stringify(group));
    for (const id of removals) this.#sql("removeGroup").run(personId, id);
    for (const { subjectId } of events) if (subjectId !== null) this.#sql("countEvent").run(personId, subjectId);
    if (verdict) this.#sql("putVerdict").run(personId, verdict.weighInId, verdict.verdict);
  }

  async owed(above: number, limit: number): Promise<OutboxRow[]> {
    return this.#sql("owed").all(above, limit) as unknown as OutboxRow[];
  }

  async released(): Promise<number[]> {
    return (this.#sql("released").all() as { id: number }[]).map(({ id }) => id);
  }

  async lastOutboxId(): Promise<number> {
    return (this.#sql("lastOutboxId").get() as { id: number }).id;
  }

  release(id: number): Promise<void> {
    return this.#queue.write(() => {
      this.#writeFinished();
      this.#sql("mark").run(RELEASED, null, id);
    });
  }

  finish(id: number): void {
    this.#finished.push(id);
    if (this.#isLateWriteDue) return;
    this.#isLateWriteDue = true;
    this.#clock.sleep(LIMITS.lazyCommitMs, this.#closing.signal).then(
      () => {
        this.#isLateWriteDue = false;
        if (this.#finished.length > 0) this.#queue.write(() => this.#writeFinished()).catch(() => {});
      },
      () => {},
    );
  }

  #writeFinished(): void {
    for (const id of this.#finished) this.#sql("finish").run(id);
    this.#finished = [];
  }

  park(id: number, note: string): Promise<void> {
    return this.#queue.write(() => void this.#sql("mark").run(PARKED, note, id));
  }

  unpark(): Promise<number | null> {
    return this.#queue.write(() => {
      const { id } = this.#sql("firstParked").get() as { id: number | null };
      if (id !== null) this.#sql("unpark").run();
      return id;
    });
  }

  owe(id: number): Promise<void> {
    return this.#queue.write(() => void this.#sql("mark").run(OWED, "the broker forgot our session", id));
  }

  async counts() {
    const rows = (from: number, to: number) => (this.#sql("countOutbox").get(from, to) as { n: number }).n;
    const { n: hints } = this.#sql("countHints").get() as { n: number };
    return { hints, owed: rows(OWED, RELEASED), parked: rows(PARKED, PARKED) };
  }

  async retainedTopics(): Promise<string[]> {
    return (this.#sql("retained").all() as { topic: string }[]).map(({ topic }) => topic);
  }

  addRetainedTopics(topics: readonly string[]): Promise<void> {
    return this.#queue.write(() => {
      for (const topic of topics) this.#sql("addRetained").run(topic);
    });
  }

  removeRetainedTopics(topics: readonly string[]): Promise<void> {
    return this.#queue.write(() => {
      for (const topic of topics) this.#sql("removeRetained").run(topic);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const late = this.#queue.write(() => this.#writeFinished());
    this.#queue.flush();
    try {
      await late;
    } finally {
      this.#closeDatabase();
    }
  }
}
