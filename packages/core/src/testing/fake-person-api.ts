import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { GroupPage } from "../domain/measure-page.ts";
import type { Profile } from "../domain/profile.ts";
import type { Subscription } from "../domain/subscription.ts";
import type { GroupQuery, PersonApi } from "../ports/person-api.ts";

/** One person's groups as a server keeps them: with the time of their last change, newest measured first. */
export class FakePersonApi implements PersonApi {
  readonly generation = "wbs";
  readonly userId: string;
  /** Everything that was asked of `measureGroups`, in order. */
  readonly queries: GroupQuery[] = [];
  /** The server's clock, epoch seconds. */
  now: EpochSeconds = 1_000_000;
  profileNow: Profile = {};
  readonly #groups = new Map<number, { group: MeasureGroup; modifiedAt: EpochSeconds }>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #pageSize: number;

  constructor({ pageSize = 7, userId = "29" } = {}) {
    this.#pageSize = pageSize;
    this.userId = userId;
  }

  /** Adds a group, or edits the one with its id. */
  put(group: MeasureGroup): void {
    this.#groups.set(group.id, { group, modifiedAt: this.now });
  }

  delete(id: number): void {
    this.#groups.delete(id);
  }

  /** As if every change lay long back: no poll shows it. */
  forgetChanges(): void {
    for (const row of this.#groups.values()) row.modifiedAt = 0;
  }

  get groups(): MeasureGroup[] {
    return [...this.#groups.values()].map(({ group }) => group);
  }

  async *measureGroups(query: GroupQuery): AsyncGenerator<GroupPage> {
    this.queries.push(query);
    const all = this.#found(query);
    for (let start = 0; start === 0 || start < all.length; start += this.#pageSize)
      yield { groups: structuredClone(all.slice(start, start + this.#pageSize)), updateTime: this.now };
  }

  #found(query: GroupQuery): MeasureGroup[] {
    const isAsked = ({ group, modifiedAt }: { group: MeasureGroup; modifiedAt: EpochSeconds }) => {
      if ("modifiedSince" in query) return modifiedAt >= query["modifiedSince"];
      if ("from" in query) return group.measuredAt >= query["from"] && group.measuredAt <= query["to"];
      return true;
    };
    return [...this.#groups.values()]
      .filter(isAsked)
      .map(({ group }) => group)
      .sort((a, b) => b.measuredAt - a.measuredAt || b.id - a.id);
  }

  async profile(): Promise<Profile> {
    return this.profileNow;
  }

  async subscription(callbackUrl: string): Promise<Subscription | undefined> {
    return this.#subscriptions.get(callbackUrl);
  }

  async subscribe(callbackUrl: string, comment: string): Promise<Subscription> {
    const made = { callbackUrl, comment };
    this.#subscriptions.set(callbackUrl, made);
    return made;
  }

  async revoke(callbackUrl: string): Promise<boolean> {
    return this.#subscriptions.delete(callbackUrl);
  }
}
