import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { makePrivateDirectory, notKept, PRIVATE_FILE, readPrivate, syncDirectory } from "./private-file.ts";

/** Bytes that are written, or read and parsed, before Node-RED gets its turn again. */
const PART_BYTES = 256 * 1024;

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * A file of JSON lines that only grows: an append is on disk as a whole, or is cut off when the file is read again. All methods throw a
 * SetupError. Not for two writers at once.
 */
export class Journal {
  readonly #path: string;
  #file: FileHandle | undefined;
  /** Up to here the file is whole. */
  #length = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Gives each line, parsed; undefined for one that is no JSON. Nothing where there is no file. What a power cut left of a last line is skipped. */
  async *read(): AsyncGenerator<unknown, void, void> {
    const text = await readPrivate(this.#path);
    if (text === undefined) return;
    let parsedBytes = 0;
    for (let from = 0; ; ) {
      const end = text.indexOf("\n", from);
      if (end === -1) return;
      yield parsed(text.slice(from, end));
      parsedBytes += end - from;
      from = end + 1;
      if (parsedBytes < PART_BYTES) continue;
      parsedBytes = 0;
      await nextTurn();
    }
  }

  /** Replaces the whole file; a power cut leaves the old one or the new one. */
  rewrite(lines: Iterable<unknown>): Promise<void> {
    return kept(this.#rewrite(lines));
  }

  /** Resolves when the lines are on disk. Where that fails, nothing of them is. */
  append(lines: readonly unknown[]): Promise<void> {
    return kept(this.#append(lines));
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #rewrite(lines: Iterable<unknown>): Promise<void> {
    await this.close();
    const directory = dirname(this.#path);
    await makePrivateDirectory(directory);
    const draft = `${this.#path}.tmp`;
    const file = await open(draft, "w", PRIVATE_FILE);
    try {
      this.#length = 0;
      for (const part of parts(lines)) this.#length += (await file.write(part)).bytesWritten;
      await file.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    await rename(draft, this.#path);
    await syncDirectory(directory);
    this.#file = file;
  }

  async #append(lines: readonly unknown[]): Promise<void> {
    this.#file ??= await open(this.#path, "r+", PRIVATE_FILE);
    const bytes = Buffer.from(lines.map(lineOf).join(""));
    try {
      // At a position: what an append that failed left behind is written over.
      await this.#file.truncate(this.#length);
      await this.#file.write(bytes, 0, bytes.length, this.#length);
      await this.#file.datasync();
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => {});
      throw error;
    }
    this.#length += bytes.length;
  }
}

const lineOf = (entry: unknown): string => `${JSON.stringify(entry)}\n`;

function* parts(lines: Iterable<unknown>): Generator<Buffer> {
  let part = "";
  for (const entry of lines) {
    part += lineOf(entry);
    if (part.length < PART_BYTES) continue;
    yield Buffer.from(part);
    part = "";
  }
  yield Buffer.from(part);
}

async function kept(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw notKept(error);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
