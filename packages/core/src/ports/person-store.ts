import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Window } from "../weigh-ins/sync.ts";
import type { GroupReader, SyncChange, SyncedPerson } from "../weigh-ins/types.ts";

/** What is stored of a person, apart from groups and hints. */
export interface PersonRecord extends Omit<SyncedPerson, "ambiguous"> {
  /** When the past was last read again; null for never. */
  readonly rereadAt: EpochSeconds | null;
}

/** Port: everything of one person that survives a restart. A promise that resolves says that its write is on disk. */
export interface PersonStore<Hint extends Window = Window> {
  /** As it is on disk. */
  readonly record: PersonRecord;
  readonly groups: GroupReader;
  /** Notifications that no sync has followed yet, the oldest first. */
  hints(limit: number): Promise<readonly Hint[]>;
  /** The change, its events, and the end of the hints that it followed: all in one transaction, or nothing. */
  commit(change: SyncChange, followed: readonly Hint[]): Promise<void>;
  saveReread(at: EpochSeconds): Promise<void>;
}
