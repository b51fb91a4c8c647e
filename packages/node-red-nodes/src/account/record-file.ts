import { rename } from "node:fs/promises";
import { SetupError } from "../errors.ts";
import { readPrivate, writePrivate } from "./private-file.ts";
import { type AccountRecord, isRecordOf } from "./record.ts";

/** A person's record in a file of its own. What `record` gives is on disk. */
export class RecordFile {
  readonly #path: string;
  #record: AccountRecord;
  #queue: Promise<void> = Promise.resolve();

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
    try {
      const text = await readPrivate(this.#path);
      if (text === undefined) {
        await this.commit((record) => record);
        return {};
      }
      const content = parsed(text);
      if (isRecordOf(this.#record.key, content)) {
        this.#record = content;
        return {};
      }
      const setAside = `${this.#path}.unreadable`;
      await rename(this.#path, setAside);
      await this.commit((record) => record);
      return { setAside };
    } catch (error) {
      throw asSetupError(error);
    }
  }

  /** Resolves when it is on disk. Where writing fails, the record stays as it was. */
  commit(update: (record: AccountRecord) => AccountRecord): Promise<void> {
    const committed = this.#queue.then(async () => {
      const next = update(this.#record);
      await writePrivate(this.#path, JSON.stringify(next)).catch((error: unknown) => {
        throw asSetupError(error);
      });
      this.#record = next;
    });
    this.#queue = committed.catch(() => {});
    return committed;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asSetupError(error: unknown): SetupError {
  if (error instanceof SetupError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return new SetupError(`the weigh-in state cannot be kept: ${code}`, {
    code: "state_not_kept",
    remedy: 'Let Node-RED write to the folder "weighbridge" in its user directory, and see that the disk is not full.',
    cause: error,
  });
}
