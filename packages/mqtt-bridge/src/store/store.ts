import type {
  EpochSeconds,
  GroupReader,
  MeasureGroup,
  PersonCommit,
  PersonRecord,
  StoredHint,
  Window,
} from "@weighbridge/core";

/** A person's record. `id` only means something inside the store. */
export interface StoredPerson extends PersonRecord {
  readonly id: number;
  /** Measure keys that the person ever had: they stay advertised when their last value is deleted. */
  readonly seen: readonly string[];
  readonly held: HeldWeighIns;
}

/** A weigh-in that may be somebody else's and waits for a verdict. */
export interface HeldWeighIn {
  readonly id: number;
  readonly measuredAt: EpochSeconds;
  readonly values: Readonly<Record<string, number>>;
}

/** The held weigh-ins of a person: how many, and the newest of them, the newest first. */
export interface HeldWeighIns {
  readonly count: number;
  readonly newest: readonly HeldWeighIn[];
}

export interface Message {
  readonly topic: string;
  readonly payload: string;
}

/** How many rows wait: hints for a sync, events for the broker, and events that it refused. */
export interface Waiting {
  readonly hints: number;
  /** When the oldest of these hints was taken. */
  readonly oldestHintAt: EpochSeconds | null;
  readonly owed: number;
  /** When the oldest owed event was stored. */
  readonly oldestOwedAt: EpochSeconds | null;
  readonly parked: number;
}

/** An event on its way to the broker: `owed` until the broker has it, then `released` until the handshake is complete. */
export interface OutboxRow extends Message {
  readonly id: number;
}

/** One transaction of a person's sync, with the rows that it owes to the broker. */
export interface SyncCommit extends PersonCommit {
  readonly messages: readonly Message[];
  readonly isStateChanged: boolean;
  readonly seen?: readonly string[];
  /** Absent where the sync holds nothing and ends nothing that may be held. */
  readonly held?: HeldChange;
}

/** Replaces the held weigh-ins with the ids of `added`; `ended` wait for no verdict any more. */
export interface HeldChange {
  readonly added: readonly HeldWeighIn[];
  readonly ended: readonly number[];
}

/** Values that are made once and kept: client id, callback secret. */
interface Settings {
  /** The kept value; made and kept first where there is none. */
  setting(name: string, make: () => string): Promise<string>;
}

/** The people, with everything that hangs on each: record, groups, verdicts, held weigh-ins, hints. */
export interface PeopleStore {
  people(): Promise<StoredPerson[]>;
  addPerson(key: string, addedAt: EpochSeconds): Promise<StoredPerson>;
  /** With everything that hangs on them. */
  removePerson(id: number): Promise<void>;

  /** `window` is null where only a poll can follow it. */
  takeHint(personId: number, window: Window | null, takenAt: EpochSeconds): Promise<void>;
  /** The newest first. */
  hints(personId: number, limit: number): Promise<StoredHint[]>;
  /** People with hints. */
  hinted(): Promise<number[]>;

  reader(personId: number): GroupReader;
  held(personId: number): Promise<HeldWeighIns>;
  commitSync(personId: number, commit: SyncCommit): Promise<void>;
}

/** Reads a store beside a bridge that runs: writes nothing, and holds up no write. */
export interface StoreReader extends Pick<PeopleStore, "people" | "reader"> {
  /** The kept value. Rejects with a StoreError where the bridge has not made it yet. */
  setting(name: string): Promise<string>;
  /** The groups of a person from this second on, ascending. */
  groupsFrom(personId: number, from: EpochSeconds, limit: number): Promise<MeasureGroup[]>;
  close(): Promise<void>;
}

/** Events on their way to the broker. */
export interface Outbox {
  /** Resolves when it is certain that nobody else has begun to publish from this outbox. To be asked before the first packet of each connection. */
  confirm(): Promise<void>;
  /** Owed rows above an id, ascending. */
  owed(above: number, limit: number): Promise<OutboxRow[]>;
  released(): Promise<number[]>;
  lastOutboxId(): Promise<number>;
  /** Resolves when it is on disk that this row was accepted by the broker. */
  release(id: number): Promise<void>;
  /** May be written late: a repeat is harmless. */
  finish(id: number): void;
  /** Keeps it, but does not send it: the broker refused it. */
  park(id: number, note: string): Promise<void>;
  /** Owes everything that is parked once more: the broker's rules may have changed. Resolves with the lowest of these rows; null for none. */
  unpark(): Promise<number | null>;
  /** Puts a released row back among the owed ones: the broker forgot our session. */
  requeue(id: number): Promise<void>;
}

/** Retained topics that the broker may hold of this bridge. */
export interface RetainedTopics {
  retainedTopics(): Promise<string[]>;
  addRetainedTopics(topics: readonly string[]): Promise<void>;
  removeRetainedTopics(topics: readonly string[]): Promise<void>;
}

/**
 * Everything that must survive, cut by its consumers: each takes only its part. A promise that resolves says that its write is on disk.
 * A write that fails must end the process: earlier ones are on disk, and a restart goes on from there.
 */
export interface Store extends Settings, PeopleStore, Outbox, RetainedTopics {
  counts(): Promise<Waiting>;
  /** Writes what is late, and gives the state directory free. */
  close(): Promise<void>;
}
