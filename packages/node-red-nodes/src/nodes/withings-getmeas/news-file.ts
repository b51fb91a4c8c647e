import { createHash } from "node:crypto";
import type { MeasureGroup } from "@weighbridge/core";
import { readPrivate, writePrivate } from "../../account/private-file.ts";
import { LIMITS } from "../../limits.ts";

/** Asked for again, so that nothing slips through between two runs; what was told already is left out. */
const OVERLAP_S = 60;

interface News {
  readonly version: 1;
  readonly updateTime: number;
  /** Of groups that were told: id to the hash of their content. */
  readonly told: Readonly<Record<string, string>>;
}

interface Read {
  readonly groups: readonly MeasureGroup[];
  readonly updateTime: number | undefined;
}

/** What one node has told already, across restarts. Runs of a node follow each other. */
export class NewsFile {
  readonly #path: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Of what `read` brings, only what was added or changed since the last time; everything at the first time. */
  onlyNew(read: (since?: number) => Promise<Read>): Promise<Read> {
    const work = async (): Promise<Read> => {
      const before = await this.#load();
      const found = await read(before && Math.max(0, before.updateTime - OVERLAP_S));
      if (found.updateTime === undefined) return found;
      const hashes = found.groups.map((group) => [String(group.id), hashOf(group)] as const);
      const groups = found.groups.filter((_group, index) => !isTold(before, hashes[index]));
      const told = Object.fromEntries(hashes.slice(0, LIMITS.rememberedGroups));
      // On disk before anybody is told: a crash repeats nothing.
      await this.#save({ version: 1, updateTime: found.updateTime, told });
      return { ...found, groups };
    };
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** The next run tells everything. */
  async forget(): Promise<void> {
    await this.#save(undefined);
  }

  async #load(): Promise<News | undefined> {
    const text = await readPrivate(this.#path);
    if (!text) return undefined;
    const news = JSON.parse(text) as Partial<News>;
    return news?.version === 1 ? (news as News) : undefined;
  }

  async #save(news: News | undefined): Promise<void> {
    await writePrivate(this.#path, news === undefined ? "" : JSON.stringify(news));
  }
}

const isTold = (before: News | undefined, entry: readonly [id: string, hash: string] | undefined): boolean =>
  entry !== undefined && before?.told[entry[0]] === entry[1];

const hashOf = (group: MeasureGroup): string =>
  createHash("sha256").update(JSON.stringify(group)).digest("base64url").slice(0, 22);
