import { rename } from "node:fs/promises";
import { SetupError } from "../errors.ts";
import { Journal } from "./journal.ts";
import { notKept, readPrivate } from "./private-file.ts";
import { type AccountRecord, entriesOf, type RecordEntry, recordAfterEntry } from "./record.ts";
import { isSound } from "./record-check.ts";

interface Waiting {
  readonly entry: RecordEntry;
  resolve(): void;
  reject(error: unknown): void;
}

/** The first line of a file. */
interface Header {
  readonly version: 2;
  readonly key: string;
}

/** Outcome of opening the file: read, made, or set aside under another name since it could not be understood. */
export type Loaded = { readonly is: "read" | "new" } | { readonly is: "set_aside"; readonly path: string };

/**
 * A person's record in a file of its own, a line for each step. A weigh-in appends some hundred bytes, however long the history is; the file
 * is made short again when it is opened. What `record` gives is on disk.
 */
export class RecordFile {
  readonly #path: string;
  readonly #header: Header;
  readonly #journal: Journal;
  #record: AccountRecord;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #isClosed = false;

  /** `fresh` is the record of a person without a file. */
  constructor(path: string, key: string, fresh: AccountRecord) {
    this.#path = path;
    this.#header = { version: 2, key };
    this.#journal = new Journal(path);
    this.#record = fresh;
  }

  get record(): AccountRecord {
    return this.#record;
  }

  /** Throws a SetupError where the file cannot be read or written. */
  async load(): Promise<Loaded> {
    const found = await readRecord(this.#path, this.#header.key);
    if (typeof found === "object") this.#record = found;
    const path = `${this.#path}.unreadable`;
    if (found === "unreadable")
      await rename(this.#path, path).catch((error: unknown) => Promise.reject(notKept(error)));
    await this.#journal.rewrite(this.#lines());
    if (found === "unreadable") return { is: "set_aside", path };
    return { is: found === "none" ? "new" : "read" };
  }

  /** Resolves when it is on disk. Where writing fails, the record stays as it was. What comes while the disk is busy is written together. */
  commit(entry: RecordEntry): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed());
    const committed = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
    });
    this.#writing ??= this.#write();
    return committed;
  }

  /** Resolves when nothing is written any more: the next one to open the file is alone with it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    await this.#journal.close();
  }

  async #write(): Promise<void> {
    // Entries of one turn are written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        await this.#journal.append(waiting.map(({ entry }) => entry));
        for (const { entry, resolve } of waiting) {
          this.#record = recordAfterEntry(this.#record, entry);
          resolve();
        }
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    this.#writing = undefined;
  }

  *#lines(): Generator<Header | RecordEntry> {
    yield this.#header;
    yield* entriesOf(this.#record);
  }
}

/** The record in a file; `unreadable` also where it is another person's. */
export async function readRecord(path: string, key: string): Promise<AccountRecord | "none" | "unreadable"> {
  let record: AccountRecord | undefined;
  let lines = 0;
  for await (const line of new Journal(path).read()) {
    lines++;
    if (lines === 1) {
      if (!isHeaderOf(key, line)) return "unreadable";
      continue;
    }
    record = after(record, line);
    if (record === undefined) return "unreadable";
  }
  if (lines === 0) return (await readPrivate(path)) !== undefined ? "unreadable" : "none";
  return record !== undefined && isSound(record) ? record : "unreadable";
}

const isHeaderOf = (key: string, line: unknown): boolean =>
  typeof line === "object" && line !== null && (line as Header).version === 2 && (line as Header).key === key;

/** Undefined where the line cannot be understood. */
function after(record: AccountRecord | undefined, line: unknown): AccountRecord | undefined {
  if (typeof line !== "object" || line === null) return undefined;
  const entry = line as RecordEntry;
  if (record === undefined && entry.base === undefined) return undefined;
  try {
    return recordAfterEntry(record as AccountRecord, entry);
  } catch {
    return undefined;
  }
}

const closed = () =>
  new SetupError("the account node is closing", { code: "not_ready", remedy: "Try again in a moment." });
