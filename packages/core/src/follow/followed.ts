import type { Clock } from "../clock.ts";
import type { Priority } from "../domain/call-options.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { AmbiguousPolicy } from "../domain/weigh-in.ts";
import type { PersonApi } from "../ports/person-api.ts";
import type { PersonCommit, PersonRecord, PersonStore, SyncedPerson } from "../ports/person-store.ts";
import type { SyncInput } from "../weigh-ins/fetched.ts";
import { FOLLOW_LIMITS } from "./limits.ts";
import { recordAfter, wholeCommit } from "./record-after.ts";

export interface FollowedInput {
  readonly api: PersonApi;
  readonly store: PersonStore;
  readonly clock: Clock;
  readonly ambiguous: AmbiguousPolicy;
  /** Our clock is behind that of the API by so many seconds, more than a day; ahead where it is negative. Called once. */
  onOddClock?(behindS: number): void;
}

/** A person's record as it is on disk, and the way to change it. */
export class Followed {
  readonly api: PersonApi;
  readonly store: PersonStore;
  readonly clock: Clock;
  readonly #ambiguous: AmbiguousPolicy;
  #record: PersonRecord;
  #isEmpty = false;
  #onOddClock: ((behindS: number) => void) | undefined;

  constructor(input: FollowedInput, record: PersonRecord) {
    const { api, store, clock, ambiguous } = input;
    this.#onOddClock = (behindS) => input.onOddClock?.(behindS);
    this.api = api;
    this.store = store;
    this.clock = clock;
    this.#ambiguous = ambiguous;
    this.#record = record;
  }

  /** As it was loaded, with what was committed since. */
  get record(): PersonRecord {
    return this.#record;
  }

  /** The API shows none of the stored groups, as far as the last look at it says. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  get person(): SyncedPerson {
    return { ...this.#record, ambiguous: this.#ambiguous };
  }

  /** By the wall clock. */
  now(): EpochSeconds {
    return Math.floor(this.clock.now() / 1000);
  }

  async load(): Promise<void> {
    this.#record = await this.store.load();
  }

  async commit(commit: PersonCommit): Promise<void> {
    const whole = wholeCommit(this.#record, commit);
    await this.store.commit(whole);
    this.#record = recordAfter(this.#record, whole);
    const { isEmpty = this.#isEmpty, clockSkewS = 0 } = commit.change?.observed ?? {};
    this.#isEmpty = isEmpty;
    if (Math.abs(clockSkewS) <= FOLLOW_LIMITS.oddClockS) return;
    this.#onOddClock?.(clockSkewS);
    this.#onOddClock = undefined;
  }

  sync(priority: Priority, signal: AbortSignal): SyncInput {
    const { clock, store, person } = this;
    return { api: withPriority(this.api, priority), clock, person, reader: store.groups, signal };
  }
}

/** The same API, whose readings of groups take this place among waiting calls. */
function withPriority(api: PersonApi, priority: Priority): PersonApi {
  return {
    generation: api.generation,
    userId: api.userId,
    measureGroups: (query, options) => api.measureGroups(query, { ...options, priority }),
    profile: (options) => api.profile(options),
    subscription: (url, options) => api.subscription(url, options),
    subscribe: (url, comment, options) => api.subscribe(url, comment, options),
    revoke: (url, options) => api.revoke(url, options),
  };
}
