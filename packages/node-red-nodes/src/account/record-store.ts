import type { PersonCommit, PersonRecord, PersonStore, StoredHint } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import { groupReader } from "./group-reader.ts";
import type { AccountRecord } from "./record.ts";
import type { RecordFile } from "./record-file.ts";

/** The follower's store, on the account's record file. */
export class RecordStore implements PersonStore {
  readonly groups;
  readonly #key: string;
  readonly #file: RecordFile;
  readonly #onEvents: () => void;

  /** `onEvents`: events were written. */
  constructor(key: string, file: RecordFile, onEvents: () => void = () => {}) {
    this.#key = key;
    this.#file = file;
    this.#onEvents = onEvents;
    this.groups = groupReader(() => file.record);
  }

  async load(): Promise<PersonRecord> {
    return recordOf(this.#key, this.#file);
  }

  async hints(limit: number): Promise<readonly StoredHint[]> {
    return this.#file.record.hints.slice(-limit).toReversed();
  }

  async commit(commit: PersonCommit): Promise<void> {
    if (isWorthWriting(this.#file.record, commit)) await this.#file.commit({ commit });
    if (commit.change !== undefined && commit.change.events.length > 0) this.#onEvents();
  }
}

/** The part of the file that the follower reads at each turn. */
export function recordOf(key: string, { record }: RecordFile): PersonRecord {
  const { addedAt, cursor, state, memory, subscription = null } = record;
  return { key, addedAt, cursor, state, memory, subscription };
}

/** A poll that found nothing is no reason to write a whole history again: the next one looks back a little further. */
function isWorthWriting(record: AccountRecord, commit: PersonCommit): boolean {
  const { change, memory, subscription, doneHints = [], triedHints = [] } = commit;
  if (memory !== undefined || subscription !== undefined || doneHints.length + triedHints.length > 0) return true;
  if (change === undefined) return false;
  const { upserts, removals, events, cursor, state, verdicts } = change;
  if (upserts.length + removals.length + events.length > 0 || verdicts !== undefined) return true;
  if (state !== record.state) return true;
  const lag = cursor === undefined ? 0 : record.cursor === null ? Infinity : cursor - record.cursor;
  return lag >= LIMITS.cursorLagS;
}
