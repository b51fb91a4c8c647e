import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { SubscriptionReport } from "../domain/subscription.ts";
import type { AmbiguousPolicy, PersonEvent, PersonState, Verdict } from "../domain/weigh-in.ts";
import type { Window } from "../domain/window.ts";

/** A person between two syncs, with the policy of their household. */
export interface SyncedPerson {
  /** Stable and unique: `<generation>:<userid>`. */
  readonly key: string;
  /** A measurement from before it makes no event. */
  readonly addedAt: EpochSeconds;
  readonly ambiguous: AmbiguousPolicy;
  /** Null before the first complete poll. */
  readonly cursor: EpochSeconds | null;
  readonly state: PersonState;
  readonly memory: FollowMemory;
}

/** How an ambiguous weigh-in stands for good: what the household decided, or `counted` where its policy accepted it. */
export type StoredVerdict = Verdict | "counted";

/** State of the follower that survives a restart. Plain data: a host stores it as JSON, and gives `{}` for a person who has none yet. */
export interface FollowMemory {
  /** When the recent past was last read again. */
  readonly rereadAt?: EpochSeconds;
  /** The end of the next slice of the older past; null begins anew. */
  readonly sliceTo?: EpochSeconds | null;
  /** Stored groups that the API did not show, by id: when that was noticed first. */
  readonly missing?: Readonly<Record<string, EpochSeconds>>;
  /** How many `profile_updated` there were. */
  readonly profileEvents?: number;
  /** When the profile was last read. */
  readonly profileAt?: EpochSeconds;
  /** When the newest callback came that a turn saw. Forgotten with the URL that it came to. */
  readonly callbackAt?: EpochSeconds;
  /** When a poll last found a weigh-in that a callback should have announced. */
  readonly missedAt?: EpochSeconds;
  /** When the subscription was last made, not renewed. */
  readonly subscribedAt?: EpochSeconds;
}

/** Everything stored of a person but groups, verdicts and hints. */
export interface PersonRecord extends Omit<SyncedPerson, "ambiguous"> {
  /** Null where none was ever looked after. */
  readonly subscription: SubscriptionReport | null;
}

/** A notification that was taken in and not followed to its end. */
export interface StoredHint {
  /** Ascends in the order of taking. */
  readonly id: number;
  /** Null where no window is known: then a poll follows it. */
  readonly window: Window | null;
  readonly takenAt: EpochSeconds;
  /** Calls to the API that showed nothing new for it. */
  readonly tries: number;
  /** Not to be followed before; 0 for at once. */
  readonly nextAt: EpochSeconds;
}

/** Read access to a host's storage, for one person. Groups come by ascending `measuredAt`, then id. */
export interface GroupReader {
  /** Both ends included. */
  between(from: EpochSeconds, to: EpochSeconds): Promise<readonly MeasureGroup[]>;
  byIds(ids: readonly number[]): Promise<readonly MeasureGroup[]>;
  /** The newest groups measured at or before `to`, at most `limit`. */
  before(to: EpochSeconds, limit: number): Promise<readonly MeasureGroup[]>;
  /** Of the given weigh-ins, the decided ones. */
  verdicts(weighInIds: readonly number[]): Promise<ReadonlyMap<number, StoredVerdict>>;
  /** From the oldest to the newest group; null without one. */
  span(): Promise<Window | null>;
  /** How many events each of these subjects had, also before its groups were deleted; subjects without one are absent. */
  eventCounts(subjectIds: readonly number[]): Promise<ReadonlyMap<number, number>>;
}

/** Observations of a sync beside the groups. */
export interface Observed {
  /** True: groups are stored and the API shows none of them. False: it shows some. Absent where this sync cannot say. */
  readonly isEmpty?: boolean;
  /** The server's clock minus ours, seconds; absent where the server did not say. */
  readonly clockSkewS?: number;
}

/** The findings of one sync. */
export interface SyncChange {
  readonly upserts: readonly MeasureGroup[];
  readonly removals: readonly number[];
  /** In the order in which they happened. Each adds one to the event count of its subject. */
  readonly events: readonly PersonEvent[];
  readonly state: PersonState;
  /** Only a completed poll moves it. */
  readonly cursor?: EpochSeconds;
  /** Replaces these parts of the memory, in the same transaction. */
  readonly memory?: FollowMemory;
  readonly observed?: Observed;
  /** Verdicts that are new; each replaces the one before it. */
  readonly verdicts?: readonly { readonly weighInId: number; readonly verdict: StoredVerdict }[];
}

/** One transaction: all of it is stored, or nothing. */
export interface PersonCommit {
  readonly change?: SyncChange;
  readonly memory?: FollowMemory;
  readonly subscription?: SubscriptionReport;
  /** Ids of hints that are followed to their end. */
  readonly doneHints?: readonly number[];
  /** Hints that showed nothing new, to be followed again. */
  readonly triedHints?: readonly Pick<StoredHint, "id" | "tries" | "nextAt">[];
}

/**
 * Port: everything of one person that survives a restart. A promise that resolves says that its write is on disk. Rejects with the error of
 * the storage; the follower tries again later.
 */
export interface PersonStore {
  /** As it is on disk now. */
  load(): Promise<PersonRecord>;
  readonly groups: GroupReader;
  /** Hints that wait, the newest first. */
  hints(limit: number): Promise<readonly StoredHint[]>;
  commit(commit: PersonCommit): Promise<void>;
}
