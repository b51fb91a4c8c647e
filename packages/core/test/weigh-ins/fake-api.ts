import type { MeasureGroup } from "../../src/domain/measure-group.ts";
import type { GroupPage } from "../../src/domain/measure-page.ts";
import type { Profile } from "../../src/domain/profile.ts";
import type { GroupQuery, PersonApi } from "../../src/ports/person-api.ts";

/** One person's groups as a server keeps them: with the time of their last change, newest measured first. */
export class FakeApi implements PersonApi {
  readonly generation = "wbs";
  readonly userId = "29";
  readonly queries: GroupQuery[] = [];
  readonly #groups = new Map<number, { group: MeasureGroup; modifiedAt: number }>();
  readonly #pageSize: number;
  now = 1_000_000;

  constructor(pageSize = 7) {
    this.#pageSize = pageSize;
  }

  put(group: MeasureGroup): void {
    this.#groups.set(group.id, { group, modifiedAt: this.now });
  }

  delete(id: number): void {
    this.#groups.delete(id);
  }

  get groups(): MeasureGroup[] {
    return [...this.#groups.values()].map(({ group }) => group);
  }

  async *measureGroups(query: GroupQuery): AsyncGenerator<GroupPage> {
    this.queries.push(query);
    const all = [...this.#groups.values()]
      .filter(({ group, modifiedAt }) => {
        if ("modifiedSince" in query) return modifiedAt >= query["modifiedSince"];
        if ("from" in query) return group.measuredAt >= query["from"] && group.measuredAt <= query["to"];
        return true;
      })
      .map(({ group }) => group)
      .sort((a, b) => b.measuredAt - a.measuredAt || b.id - a.id);
    for (let start = 0; start === 0 || start < all.length; start += this.#pageSize)
      yield { groups: structuredClone(all.slice(start, start + this.#pageSize)), updateTime: this.now };
  }

  async profile(): Promise<Profile> {
    return {};
  }
  async subscription() {
    return undefined;
  }
  async subscribe() {}
  async revoke() {
    return false;
  }
}
