import type { Clock } from "../clock.ts";
import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { GroupPage } from "../domain/measure-page.ts";
import type { GroupQuery, PersonApi } from "../ports/person-api.ts";
import type { GroupReader, SyncedPerson } from "../ports/person-store.ts";
import { isShowable } from "./horizon.ts";

export interface SyncInput {
  readonly api: PersonApi;
  readonly person: SyncedPerson;
  readonly reader: GroupReader;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export const secondsNow = (clock: Clock): EpochSeconds => Math.floor(clock.now() / 1000);

/** Pages as they come, without groups whose date nobody can show, and without such times of the server. */
export async function* pagesOf({ api, signal }: SyncInput, query: GroupQuery): AsyncGenerator<GroupPage> {
  for await (const { groups, updateTime, isClock, skipped = 0 } of api.measureGroups(query, signal ? { signal } : {})) {
    const isTime = updateTime !== undefined && isShowable(updateTime);
    const shown = groups.filter(({ measuredAt }) => isShowable(measuredAt));
    yield { groups: shown, skipped, ...(isTime && { updateTime }), ...(isClock === false && { isClock }) };
  }
}

export interface Fetched {
  readonly groups: readonly MeasureGroup[];
  /** Groups that could not be read: one of them may be the very group that seems to be gone. */
  readonly skipped: number;
  /** The earliest clock of the answers. */
  readonly serverTime?: EpochSeconds | undefined;
}

export async function fetched(input: SyncInput, query: GroupQuery): Promise<Fetched> {
  const groups: MeasureGroup[] = [];
  let skipped = 0;
  let serverTime: EpochSeconds | undefined;
  for await (const page of pagesOf(input, query)) {
    for (const group of page.groups) groups.push(group);
    skipped += page.skipped ?? 0;
    if (page.isClock !== false) serverTime ??= page.updateTime;
  }
  return { groups, skipped, serverTime };
}
