import {
  type Clock,
  type EpochSeconds,
  emptyPersonState,
  type GroupReader,
  type MeasureGroup,
  type StoredHint,
  type StoredVerdict,
  type SyncChange,
  type Window,
} from "@weighbridge/core";
import { StoreError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import type {
  HeldChange,
  HeldWeighIn,
  HeldWeighIns,
  OutboxRow,
  Store,
  StoredPerson,
  StoreReader,
  SyncCommit,
} from "../store.ts";
import { databaseFile, type OpenOptions, openDatabase, openDatabaseToRead } from "./open-database.ts";
import { OWED, PARKED, RELEASED, type StatementName, Statements, type Step } from "./statements.ts";
import { storeError } from "./store-errors.ts";
import { WriteQueue } from "./write-queue.ts";
import { WriteThread } from "./write-thread.ts";

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

interface HeldRow {
  readonly person: number;
  readonly weigh_in: number;
  readonly measured_at: number;
  readonly json: string;
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
  /** Whether a thread of its own writes where bursts come again. */
  readonly hasThread?: boolean;
}

/** Opens the store of a state directory. Throws a StoreError, also where another bridge has it open. */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const { directory, clock, onFailure, onWarning = () => {}, hasThread = false } = options;
  const { db, close } = openDatabase(directory, { onWarning });
  const file = databaseFile(directory);
  const statements = new Statements(db);
  const queue = new WriteQueue({
    statements,
    startThread: hasThread ? () => new WriteThread(file) : undefined,
    onFailure: (error) => onFailure(storeError(file, error)),
  });
  return new SqliteStore({ statements, queue, clock, closeDatabase: close });
}

/** Opens the store of a state directory for reading alone, also beside a bridge that runs. Throws a StoreError. */
export function openSqliteStoreToRead(directory: string, clock: Clock): StoreReader {
  const db = openDatabaseToRead(directory);
  const statements = new Statements(db);
  const store = new SqliteStore({
    ...{ statements, clock },
    queue: new WriteQueue({ statements, startThread: undefined, onFailure: () => {} }),
    closeDatabase: () => db.close(),
  });
  return {
    people: () => store.people(),
    reader: (personId) => store.reader(personId),
    groupsFrom: (...part) => store.groupsFrom(...part),
    async setting(name) {
      const row = statements.get("setting").get(name);
      if (row) return row["value"] as string;
      throw new StoreError(`The bridge has not made its ${name} yet`, {
        code: "state_missing",
        remedy: "Run the bridge once with this configuration.",
      });
    },
    close: async () => db.close(),
  };
}

interface Parts {
  readonly statements: Statements;
  readonly queue: WriteQueue;
  readonly clock: Clock;
  closeDatabase(): void;
}

class SqliteStore implements Store {
  readonly #parts: Parts;
  readonly #closing = new AbortController();
  #finished: number[] = [];
  #isLateWriteDue = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  #sql(name: StatementName) {
    return this.#parts.statements.get(name);
  }

  async #write(steps: readonly Step[]): Promise<void> {
    await this.#parts.queue.write(steps);
  }

  async setting(name: string, make: () => string): Promise<string> {
    const [, kept] = await this.#parts.queue.write([
      ["addSetting", name, make()],
      ["setting", name],
    ]);
    return kept?.["value"] as string;
  }

  async people(): Promise<StoredPerson[]> {
    const held = this.#heldByPerson();
    return (this.#sql("people").all() as unknown as PersonRow[]).map((row) => ({
      id: row.id,
      key: row.key,
      addedAt: row.added_at,
      cursor: row.cursor,
      state: JSON.parse(row.state),
      subscription: row.subscription === null ? null : JSON.parse(row.subscription),
      memory: JSON.parse(row.memory),
      seen: JSON.parse(row.seen),
      held: held.get(row.id) ?? NOTHING_HELD,
    }));
  }

  #heldByPerson(): Map<number, HeldWeighIns> {
    const rows = this.#sql("allHeld").all() as unknown as HeldRow[];
    const people = Map.groupBy(rows, ({ person }) => person);
    return new Map(
      [...people].map(([person, all]) => [
        person,
        { count: all.length, newest: all.slice(0, LIMITS.heldShown).map(heldOf) },
      ]),
    );
  }

  async held(personId: number): Promise<HeldWeighIns> {
    const newest = (this.#sql("held").all(personId) as unknown as HeldRow[]).map(heldOf);
    const { n: count } = this.#sql("countHeld").get(personId) as { n: number };
    return { count, newest };
  }

  async addPerson(key: string, addedAt: number): Promise<StoredPerson> {
    const state = emptyPersonState();
    const [added] = await this.#parts.queue.write([["addPerson", key, addedAt, JSON.stringify(state)]]);
    const id = added?.["id"] as number;
    return { id, key, addedAt, cursor: null, state, subscription: null, memory: {}, seen: [], held: NOTHING_HELD };
  }

  removePerson(id: number): Promise<void> {
    return this.#write([
      ["removeGroups", id],
      ["removeVerdicts", id],
      ["removeEventCounts", id],
      ["removeHints", id],
      ["removeHeld", id],
      ["removePerson", id],
    ]);
  }

  takeHint(personId: number, window: Window | null, takenAt: EpochSeconds): Promise<void> {
    const { from = null, to = null } = window ?? {};
    // The rule of `admitHint`, inside the transaction: hints of one burst must see each other.
    return this.#write([
      ["dropSameHint", personId, from, to],
      ...(window === null ? [] : mergedHints(personId, takenAt)),
      ["takeHint", personId, from, to, takenAt],
    ]);
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
        const found = new Map<number, StoredVerdict>();
        for (const id of ids) {
          const row = this.#sql("verdict").get(personId, id) as { verdict: StoredVerdict } | undefined;
          if (row) found.set(id, row.verdict);
        }
        return found;
      },
      span: async () => {
        const { oldest, newest } = this.#sql("span").get(personId, personId) as { oldest: number; newest: number };
        return oldest === null ? null : { from: oldest, to: newest };
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

  async groupsFrom(personId: number, from: EpochSeconds, limit: number): Promise<MeasureGroup[]> {
    const rows = this.#sql("from").all(personId, from, limit) as { json: string }[];
    return rows.map(({ json }) => JSON.parse(json));
  }

  commitSync(personId: number, commit: SyncCommit): Promise<void> {
    const { change, held, messages, doneHints = [], triedHints = [] } = commit;
    const addedAt = Math.floor(this.#parts.clock.now() / 1000);
    return this.#write([
      ...(change ? groupSteps(personId, change) : []),
      ...(held ? heldSteps(personId, held) : []),
      ...personSteps(personId, commit),
      ...messages.map(({ topic, payload }): Step => ["addEvent", topic, payload, addedAt]),
      ...doneHints.map((id): Step => ["doneHint", id]),
      ...triedHints.map(({ id, tries, nextAt }): Step => ["triedHint", tries, nextAt, id]),
    ]);
  }

  /** The lock on the state directory ends with this process, and not before. */
  async confirm(): Promise<void> {}

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
    return this.#write([...this.#takeFinished(), ["mark", RELEASED, null, id]]);
  }

  finish(id: number): void {
    this.#finished.push(id);
    if (this.#isLateWriteDue) return;
    this.#isLateWriteDue = true;
    this.#parts.clock.sleep(LIMITS.lazyCommitMs, this.#closing.signal).then(
      () => {
        this.#isLateWriteDue = false;
        if (this.#finished.length > 0) this.#write(this.#takeFinished()).catch(() => {});
      },
      () => {},
    );
  }

  #takeFinished(): Step[] {
    const steps = this.#finished.map((id): Step => ["finish", id]);
    this.#finished = [];
    return steps;
  }

  park(id: number, note: string): Promise<void> {
    return this.#write([["mark", PARKED, note, id]]);
  }

  async unpark(): Promise<number | null> {
    const [lowest] = await this.#parts.queue.write([["firstParked"], ["unpark"]]);
    return lowest?.["id"] as number | null;
  }

  requeue(id: number): Promise<void> {
    return this.#write([["mark", OWED, "the broker forgot our session", id]]);
  }

  async counts() {
    const rows = (from: number, to: number) => (this.#sql("countOutbox").get(from, to) as { n: number }).n;
    const { n: hints, oldest } = this.#sql("countHints").get() as { n: number; oldest: number | null };
    const { added_at: oldestOwedAt = null } = (this.#sql("oldestOwed").get() ?? {}) as { added_at?: number };
    const [owed, parked] = [rows(OWED, RELEASED), rows(PARKED, PARKED)];
    return { hints, oldestHintAt: oldest, owed, oldestOwedAt, parked };
  }

  async retainedTopics(): Promise<string[]> {
    return (this.#sql("retained").all() as { topic: string }[]).map(({ topic }) => topic);
  }

  addRetainedTopics(topics: readonly string[]): Promise<void> {
    return this.#write(topics.map((topic): Step => ["addRetained", topic]));
  }

  removeRetainedTopics(topics: readonly string[]): Promise<void> {
    return this.#write(topics.map((topic): Step => ["removeRetained", topic]));
  }

  async close(): Promise<void> {
    const { queue, closeDatabase } = this.#parts;
    this.#closing.abort();
    const late = this.#write(this.#takeFinished());
    try {
      await Promise.all([late, queue.close()]);
    } finally {
      closeDatabase();
    }
  }
}

function groupSteps(personId: number, { upserts, removals, events, verdicts = [] }: SyncChange): Step[] {
  return [
    ...upserts.map((group): Step => ["putGroup", personId, group.id, group.measuredAt, JSON.stringify(group)]),
    ...removals.map((id): Step => ["removeGroup", personId, id]),
    ...events.flatMap(({ subjectId }): Step[] => (subjectId === null ? [] : [["countEvent", personId, subjectId]])),
    ...verdicts.map(({ weighInId, verdict }): Step => ["putVerdict", personId, weighInId, verdict]),
  ];
}

const heldSteps = (personId: number, { added, ended }: HeldChange): Step[] => [
  ...ended.map((id): Step => ["endHeld", personId, id]),
  ...added.map(({ id, measuredAt, values }): Step => ["hold", personId, id, measuredAt, JSON.stringify(values)]),
];

const heldOf = ({ weigh_in: id, measured_at: measuredAt, json }: HeldRow): HeldWeighIn => ({
  id,
  measuredAt,
  values: JSON.parse(json),
});

const NOTHING_HELD: HeldWeighIns = { count: 0, newest: [] };

function personSteps(personId: number, commit: SyncCommit): Step[] {
  const { change, memory, subscription, isStateChanged, seen } = commit;
  const steps: Step[] = [];
  const state = change && isStateChanged ? JSON.stringify(change.state) : undefined;
  const remembered = memory && JSON.stringify(memory);
  // Both change with nearly every weigh-in, and the row is the largest that is written.
  if (state && remembered) steps.push(["saveStateAndMemory", state, remembered, personId]);
  else if (state) steps.push(["saveState", state, personId]);
  else if (remembered) steps.push(["saveMemory", remembered, personId]);
  if (change?.cursor !== undefined) steps.push(["saveCursor", change.cursor, personId]);
  if (seen) steps.push(["saveSeen", JSON.stringify(seen), personId]);
  if (subscription) steps.push(["saveSubscription", JSON.stringify(subscription), personId]);
  return steps;
}

const mergedHints = (personId: number, takenAt: EpochSeconds): Step[] => [
  ["mergeHints", takenAt, personId],
  ["dropMerged", personId, personId, personId],
];
