import {
  type Clock,
  type EpochSeconds,
  emptyPersonState,
  type GroupReader,
  type StoredHint,
  type SyncChange,
  type Window,
} from "@weighbridge/core";
import type { Pool } from "pg";
import { LIMITS } from "../../limits.ts";
import type {
  HeldChange,
  HeldWeighIns,
  Message,
  OutboxRow,
  Store,
  StoredPerson,
  SyncCommit,
  Waiting,
} from "../store.ts";
import type { PostgresTarget } from "./connections.ts";
import { type OpenDatabase, type OpenOptions, openDatabase } from "./open-database.ts";
import { groupReader, heldOf, hintOf, NOTHING_HELD, peopleOf } from "./rows.ts";
import { commit, OWED, PARKED, RELEASED, type Row, run, type Step } from "./statements.ts";
import { storeError } from "./store-errors.ts";
import { WriteQueue } from "./write-queue.ts";

export interface PostgresStoreOptions extends Partial<OpenOptions> {
  readonly target: PostgresTarget;
  readonly clock: Clock;
  /** A statement or the connection failed with a StoreError; the process must end. Called once. */
  readonly onFailure: (error: unknown) => void;
}

/** Opens the store of a database. Throws a StoreError, also where another bridge has it open. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { target, clock, onFailure, onWarning = () => {} } = options;
  const database = await openDatabase(target, { onWarning });
  const queue = new WriteQueue({
    commit: (steps) => commit(database.writer, database.lease, steps),
    onFailure: (error) => {
      // Nothing more is to be written, and what waits for an answer shall not wait on.
      database.writer.connection.stream.destroy();
      onFailure(storeError(target, error));
    },
  });
  const store = new PostgresStore({ database, queue, clock });
  store.start();
  return store;
}

interface Parts {
  readonly database: OpenDatabase;
  readonly queue: WriteQueue;
  readonly clock: Clock;
}

class PostgresStore implements Store {
  readonly #parts: Parts;
  readonly #closing = new AbortController();
  #finished: number[] = [];
  #isLateWriteDue = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The connection that writes holds the lock: where it ended, another bridge may have begun already. */
  start(): void {
    const { database, queue } = this.#parts;
    database.writer.on("error", (error) => queue.fail(error));
    database.writer.on("end", () => {
      if (!this.#closing.signal.aborted) queue.fail(new Error("the server ended the connection"));
    });
    this.#watch().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) queue.fail(error);
    });
  }

  /** Asks the server again and again, so that a connection that is dead without a word is found before the server lets another bridge in. */
  async #watch(): Promise<void> {
    const { clock, database } = this.#parts;
    for (;;) {
      await clock.sleep(LIMITS.databaseCheckMs, this.#closing.signal);
      const answered = new AbortController();
      const signal = AbortSignal.any([answered.signal, this.#closing.signal]);
      const silence = clock.sleep(LIMITS.databaseSilenceMs, signal).then(
        () => {
          throw new Error("the server says nothing any more");
        },
        () => {},
      );
      await Promise.race([database.writer.query("SELECT 1"), silence]);
      answered.abort();
    }
  }

  async #write(steps: readonly Step[]): Promise<void> {
    await this.#parts.queue.write(steps);
  }

  /** A read that fails ends the process as a failed write does: a restart finds either the database or the words for an operator. */
  async #read(runner: Pick<Pool, "query">, step: Step): Promise<readonly Row[]> {
    try {
      return await run(runner, step);
    } catch (error) {
      this.#parts.queue.fail(error);
      throw error;
    }
  }

  #pooled(...step: Step): Promise<readonly Row[]> {
    return this.#read(this.#parts.database.pool, step);
  }

  /**
   * Reads on the connection that writes. Answers come in order there: no later write is known to be done before this read is, so that the
   * publisher never takes a row for owed whose handshake went on meanwhile.
   */
  #inOrder(...step: Step): Promise<readonly Row[]> {
    return this.#read(this.#parts.database.writer, step);
  }

  async setting(name: string, make: () => string): Promise<string> {
    const [, kept] = await this.#parts.queue.write([
      ["addSetting", name, make()],
      ["setting", name],
    ]);
    return kept?.["value"] as string;
  }

  async people(): Promise<StoredPerson[]> {
    return peopleOf((...step) => this.#pooled(...step));
  }

  async addPerson(key: string, addedAt: number): Promise<StoredPerson> {
    const state = emptyPersonState();
    const [added] = await this.#parts.queue.write([["addPerson", key, addedAt, JSON.stringify(state)]]);
    const id = added?.["id"] as number;
    return { id, key, addedAt, cursor: null, state, subscription: null, memory: {}, seen: [], held: NOTHING_HELD };
  }

  removePerson(id: number): Promise<void> {
    return this.#write([
      ["removeAllGroups", id],
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
    return (await this.#inOrder("hints", personId, limit)).map(hintOf);
  }

  async hinted(): Promise<number[]> {
    return (await this.#pooled("hinted")).map(({ person }) => person as number);
  }

  reader(personId: number): GroupReader {
    return groupReader((...step) => this.#pooled(...step), personId);
  }

  async held(personId: number): Promise<HeldWeighIns> {
    return heldOf(await this.#pooled("held", personId));
  }

  commitSync(personId: number, commit: SyncCommit): Promise<void> {
    const { change, held, messages, doneHints = [], triedHints = [] } = commit;
    return this.#write([
      ...(change ? groupSteps(personId, change) : []),
      ...(held ? heldSteps(personId, held) : []),
      ...personSteps(personId, commit),
      ...ifAny(messages, () => this.#addEvents(messages)),
      ...ifAny(doneHints, (): Step => ["doneHints", doneHints]),
      ...triedHints.map(({ id, tries, nextAt }): Step => ["triedHint", id, tries, nextAt]),
    ]);
  }

  #addEvents(messages: readonly Message[]): Step {
    const [topics, payloads] = [messages.map(({ topic }) => topic), messages.map(({ payload }) => payload)];
    return ["addEvents", topics, payloads, Math.floor(this.#parts.clock.now() / 1000)];
  }

  async confirm(): Promise<void> {
    const { shard, epoch } = this.#parts.database.lease;
    await this.#inOrder("fence", shard, epoch);
  }

  async owed(above: number, limit: number): Promise<OutboxRow[]> {
    return (await this.#inOrder("owed", above, limit)) as readonly unknown[] as OutboxRow[];
  }

  async released(): Promise<number[]> {
    return (await this.#inOrder("released")).map(({ id }) => id as number);
  }

  async lastOutboxId(): Promise<number> {
    const [row] = await this.#inOrder("lastOutboxId");
    return row?.["id"] as number;
  }

  release(id: number): Promise<void> {
    return this.#write([...this.#takeFinished(), ["mark", id, RELEASED, null]]);
  }

  finish(id: number): void {
    this.#finished.push(id);
    if (this.#isLateWriteDue) return;
    this.#isLateWriteDue = true;
    this.#parts.clock.sleep(LIMITS.lazyCommitMs, this.#closing.signal).then(
      () => {
        this.#isLateWriteDue = false;
        this.#write(this.#takeFinished()).catch(() => {});
      },
      () => {},
    );
  }

  #takeFinished(): Step[] {
    const finished = this.#finished;
    this.#finished = [];
    return ifAny(finished, () => ["finish", finished]);
  }

  park(id: number, note: string): Promise<void> {
    return this.#write([["mark", id, PARKED, note]]);
  }

  async unpark(): Promise<number | null> {
    const [lowest] = await this.#parts.queue.write([["firstParked"], ["unpark"]]);
    return lowest?.["id"] as number | null;
  }

  requeue(id: number): Promise<void> {
    return this.#write([["mark", id, OWED, "the broker forgot our session"]]);
  }

  async counts(): Promise<Waiting> {
    const [row] = await this.#pooled("counts");
    const { hints, oldest, owed, oldest_owed, parked } = row as Record<string, number>;
    return { hints, oldestHintAt: oldest, owed, oldestOwedAt: oldest_owed, parked } as Waiting & object;
  }

  async retainedTopics(): Promise<string[]> {
    return (await this.#pooled("retained")).map(({ topic }) => topic as string);
  }

  addRetainedTopics(topics: readonly string[]): Promise<void> {
    return this.#write(ifAny(topics, () => ["addRetained", topics]));
  }

  removeRetainedTopics(topics: readonly string[]): Promise<void> {
    return this.#write(ifAny(topics, () => ["removeRetained", topics]));
  }

  async close(): Promise<void> {
    const { database, queue, clock } = this.#parts;
    this.#closing.abort();
    if (queue.hasFailed) {
      // The failure was reported. A server that says nothing any more says no farewell either.
      await Promise.race([database.close(), clock.sleep(LIMITS.databaseLastMs)]);
      return;
    }
    const late = this.#write(this.#takeFinished());
    try {
      await Promise.all([late, queue.close()]);
    } finally {
      await database.close();
    }
  }
}

const ifAny = (rows: readonly unknown[], step: () => Step): Step[] => (rows.length === 0 ? [] : [step()]);

function groupSteps(personId: number, { upserts, removals, events, verdicts = [] }: SyncChange): Step[] {
  const subjects = events.flatMap(({ subjectId }) => subjectId ?? []);
  return [
    ...ifAny(upserts, () => [
      ...(["putGroups", personId, upserts.map(({ id }) => id), upserts.map(({ measuredAt }) => measuredAt)] as const),
      upserts.map((group) => JSON.stringify(group)),
    ]),
    ...ifAny(removals, () => ["removeGroups", personId, removals]),
    ...ifAny(subjects, () => ["countEvents", personId, subjects]),
    ...verdicts.map(({ weighInId, verdict }): Step => ["putVerdict", personId, weighInId, verdict]),
  ];
}

const heldSteps = (personId: number, { added, ended }: HeldChange): Step[] => [
  ...ifAny(ended, () => ["endHeld", personId, ended]),
  ...ifAny(added, () => [
    ...(["hold", personId, added.map(({ id }) => id), added.map(({ measuredAt }) => measuredAt)] as const),
    added.map(({ values }) => JSON.stringify(values)),
  ]),
];

type PersonParts = Pick<SyncCommit, "change" | "memory" | "subscription" | "isStateChanged" | "seen">;

/** Columns of the person's row; null leaves one as it is. */
function personSteps(personId: number, { change, memory, subscription, isStateChanged, seen }: PersonParts): Step[] {
  const columns = [
    change && isStateChanged ? JSON.stringify(change.state) : null,
    memory ? JSON.stringify(memory) : null,
    change?.cursor ?? null,
    seen ? JSON.stringify(seen) : null,
    subscription ? JSON.stringify(subscription) : null,
  ];
  return columns.every((column) => column === null) ? [] : [["savePerson", personId, ...columns]];
}

const mergedHints = (personId: number, takenAt: EpochSeconds): Step[] => [
  ["mergeHints", personId, takenAt],
  ["dropMerged", personId],
];
