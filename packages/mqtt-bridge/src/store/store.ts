import type { EpochSeconds, GroupReader, PersonCommit, PersonRecord, StoredHint, Window } from "@weighbridge/core";

/** What is kept of a person. `id` only means something inside the store. */
export interface StoredPerson extends PersonRecord {
  readonly id: number;
  /** Measure keys that the person ever had: they stay advertised when their last value is deleted. */
  readonly seen: readonly string[];
}

export interface Message {
  readonly topic: string;
  readonly payload: string;
}

/** How many rows wait: hints for a sync, events for the broker, and events that it refused. */
export interface Waiting {
  readonly hints: number;
  readonly owed: number;
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
}

/**
 * Everything that must survive. All writes of one turn of the event loop are one transaction; a promise that resolves says that its
 * write is on disk. Where a write fails, the process must end: what was taken in is on disk, and a restart is the way on.
 */
export interface Store {
  /** A value that is made once and kept: client id, callback secret, identity. */
  constant(name: string, make: () => string): string;
  people(): Promise<StoredPerson[]>;
  addPerson(key: string, addedAt: number): Promise<StoredPerson>;
  /** With everything that hangs on them. */
  removePerson(id: number): Promise<void>;

  /** `window` is null where only a poll can follow it. */
  takeHint(personId: number, window: Window | null, takenAt: EpochSeconds): Promise<void>;
  /** The newest first. */
  hints(personId: number, limit: number): Promise<StoredHint[]>;
  /** People with hints. */
  hinted(): Promise<number[]>;

  reader(personId: number): GroupReader;
  commitSync(personId: number, commit: SyncCommit): Promise<void>;

  /** Owed rows above an id, ascending. */
  owed(above: number, limit: number): Promise<OutboxRow[]>;
  released(): Promise<number[]>;
  lastOutboxId(): Promise<number>;
  /** Resolves when it is on disk that this row was accepted by the broker. */
  release(id: number): Promise<void>;
  /** May be written late: a repeat is harmless. */
  finish(id: number): void;
  /** Kept, but not sent: the broker refused it. */
  park(id: number, note: string): Promise<void>;
  /** Owes everything that is parked once more: the broker's rules may have changed. Resolves with the lowest of these rows; null for none. */
  unpark(): Promise<number | null>;
  /** Owed again: the broker forgot our session. */
  owe(id: number): Promise<void>;
  counts(): Promise<Waiting>;

  /** Retained topics that the broker may hold of us. */
  retainedTopics(): Promise<string[]>;
  addRetainedTopics(topics: readonly string[]): Promise<void>;
  removeRetainedTopics(topics: readonly string[]): Promise<void>;

  /** Writes what is late, and gives the directory free. */
  close(): Promise<void>;
}
