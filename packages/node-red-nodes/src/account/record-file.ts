import { rename } from "node:fs/promises";
import { SetupError } from "../errors.ts";
import { notKept, readPrivate, writePrivate } from "./private-file.ts";
import { type AccountRecord, isRecordOf } from "./record.ts";

type Update = (record: AccountRecord) => AccountRecord;

interface Waiting {
  readonly update: Update;
  resolve(): void;
  reject(error: unknown): void;
}

/** A person's record in a file of its own. What `record` gives is on disk. */
export class RecordFile {
  readonly #path: string;
  #record: AccountRecord;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #isClosed = false;

  /** `fresh` is the record of somebody who has no file yet. */
  constructor(path: string, fresh: AccountRecord) {
    this.#path = path;
    this.#record = fresh;
  }

  get record(): AccountRecord {
    return this.#record;
  }

  /** Gives the path under which a file that could not be read was kept. */
  async load(): Promise<{ readonly setAside?: string }> {
    const text = await readPrivate(this.#path);
    const content = text === undefined ? undefined : parsed(text);
    if (isRecordOf(this.#record.key, content)) {
      this.#record = content;
      return {};
    }
    const setAside = `${this.#path}.unreadable`;
    if (text !== undefined)
      await rename(this.#path, setAside).catch((error: unknown) => {
        throw notKept(error);
      });
    await this.commit((record) => record);
    return text === undefined ? {} : { setAside };
  }

  /** Resolves when it is on disk. Where writing fails, the record stays as it was. What comes while the disk is busy is written together. */
  commit(update: Update): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed());
    const committed = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ update, resolve, reject });
    });
    this.#writing ??= this.#write();
    return committed;
  }

  /** Resolves when nothing is written any more: whoever opens the file next is alone with it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
  }

  async #write(): Promise<void> {
    // What comes in one turn is written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        const next = waiting.reduce((record, { update }) => update(record), this.#record);
        await writePrivate(this.#path, JSON.stringify(next));
        this.#record = next;
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    this.#writing = undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const closed = () =>
  new SetupError("the account node is closing", { code: "not_ready", remedy: "Try again in a moment." });
