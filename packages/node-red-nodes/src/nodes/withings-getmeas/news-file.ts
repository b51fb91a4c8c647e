import { createHash } from "node:crypto";
import type { MeasureGroup } from "@weighbridge/core";
import { readPrivate, writePrivate } from "../../account/private-file.ts";
import { LIMITS } from "../../limits.ts";

/** Seconds that are read again, so that nothing slips through between two runs; groups that were sent already are left out. */
const OVERLAP_S = 60;

interface News {
  readonly version: 1;
  /** Whose groups these are; absent in files of before there was more than one API. */
  readonly key?: string;
  readonly updateTime: number;
  /** Groups that were sent: id to the hash of their content. */
  readonly told: Readonly<Record<string, string>>;
}

interface Read {
  readonly groups: readonly MeasureGroup[];
  readonly updateTime: number | undefined;
}

interface Fresh extends Read {
  /** Must be called, with whether the groups were sent: the next run waits for it. Resolves when that is on disk. */
  settle(isSent: boolean): Promise<void>;
}

/** Remembers what one node has sent already, across restarts. Runs of a node follow each other. */
export class NewsFile {
  readonly #path: string;
  #turn: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Of what `read` brings, only what was added or changed since the last time; everything at the first time of a person, by the key of the API. */
  async onlyNew(key: string, read: (since?: number) => Promise<Read>): Promise<Fresh> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const before = this.#turn;
    this.#turn = before.then(() => ended);
    await before;
    try {
      const known = await this.#load(key);
      const found = await read(known && Math.max(0, known.updateTime - OVERLAP_S));
      // Never back: an answer without a time, or with one that is no clock, would have everything sent again. What was sent is known by its hash.
      const updateTime = Math.max(found.updateTime ?? 0, known?.updateTime ?? 0);
      const hashes = found.groups.map((group) => [String(group.id), hashOf(group)] as const);
      const groups = found.groups.filter((_group, index) => !wasSent(known, hashes[index]));
      const settle = async (isSent: boolean) => {
        const seen = new Set(hashes.map(([id]) => id));
        const earlier = Object.entries(known?.told ?? {}).filter(([id]) => !seen.has(id));
        const told = Object.fromEntries([...hashes, ...earlier].slice(0, LIMITS.rememberedGroups));
        try {
          // Only now: what a crash cuts short comes again rather than never.
          if (isSent) await this.#save({ version: 1, key, updateTime, told });
        } finally {
          end();
        }
      };
      return { ...found, groups, settle };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** The next run sends everything. */
  forget(): Promise<void> {
    const forgotten = this.#turn.then(() => this.#save(undefined));
    this.#turn = forgotten.catch(() => {});
    return forgotten;
  }

  /** A file that is damaged, or another person's, remembers nothing. */
  async #load(key: string): Promise<News | undefined> {
    const text = await readPrivate(this.#path);
    if (!text) return undefined;
    try {
      const news = JSON.parse(text) as News;
      const isNews = news.version === 1 && Number.isSafeInteger(news.updateTime) && typeof news.told === "object";
      return isNews && news.told !== null && (news.key ?? key) === key ? news : undefined;
    } catch {
      return undefined;
    }
  }

  async #save(news: News | undefined): Promise<void> {
    await writePrivate(this.#path, news === undefined ? "" : JSON.stringify(news));
  }
}

const wasSent = (before: News | undefined, entry: readonly [id: string, hash: string] | undefined): boolean =>
  entry !== undefined && before?.told[entry[0]] === entry[1];

const hashOf = (group: MeasureGroup): string =>
  createHash("sha256").update(JSON.stringify(group)).digest("base64url").slice(0, 22);
