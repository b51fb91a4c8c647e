import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@weighbridge/core";
import * as z from "zod";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";

const PACKAGE = "@weighbridge/mqtt-bridge";
const FILE = "update.json";

export interface UpdateCheckInput {
  /** Where packages are looked up; undefined for where npm does on this machine. */
  readonly registryUrl: string | undefined;
  /** Keeps when the registry was asked last, so that no restart asks again. */
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Another version than before is the newest. */
  onNews(): void;
}

const version = z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/);
const answerSchema = z.looseObject({ version });
/** Epoch milliseconds of the last question, and what is known since. */
const keptSchema = z.object({ askedAt: z.number(), latest: version.nullable() });
type Kept = z.output<typeof keptSchema>;

/** Asks a registry once a day for the newest version. Whoever does not ask for it has no such check: it tells a server that this bridge exists. */
export class UpdateCheck {
  readonly #input: UpdateCheckInput;
  readonly #stopping = new AbortController();
  #kept: Kept = { askedAt: 0, latest: null };
  #running: Promise<void> = Promise.resolve();

  constructor(input: UpdateCheckInput) {
    this.#input = input;
  }

  /** The newest version as far as it is known. */
  get latest(): string | null {
    return this.#kept.latest;
  }

  start(): void {
    this.#kept = this.#read() ?? this.#kept;
    this.#running = this.#goOn();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the check for updates stops"));
    await this.#running;
  }

  async #goOn(): Promise<void> {
    const { clock } = this.#input;
    const { signal } = this.#stopping;
    try {
      for (;;) {
        const sinceMs = clock.now() - this.#kept.askedAt;
        // A clock that was set back says nothing about when it was.
        const waitMs = sinceMs < 0 ? 0 : LIMITS.updateCheckMs - sinceMs;
        if (waitMs > 0) await clock.sleep(waitMs, signal);
        await this.#ask(signal);
        if (signal.aborted) return;
      }
    } catch {
      // Only a stop ends a wait.
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { clock, log, onNews } = this.#input;
    const before = this.#kept.latest;
    try {
      const latest = await this.#latest(signal);
      this.#keep({ askedAt: clock.now(), latest });
      if (latest === before) return;
      log.info("The newest version of the bridge", { version: latest });
      onNews();
    } catch (error) {
      if (signal.aborted) return;
      // Also a failure waits for tomorrow: nothing depends on the answer.
      this.#keep({ askedAt: clock.now(), latest: before });
      log.debug("The newest version is not known", { reason: error instanceof Error ? error.message : String(error) });
    }
  }

  async #latest(stopping: AbortSignal): Promise<string> {
    const { registryUrl, clock } = this.#input;
    const [late, done] = [new AbortController(), new AbortController()];
    clock.sleep(LIMITS.updateAnswerMs, done.signal).then(
      () => late.abort(new Error("the registry did not answer in time")),
      () => {},
    );
    try {
      // Reads npm's own settings, so that a household behind a mirror need not name it twice.
      const registry = registryUrl ?? (await import("registry-url")).default();
      const url = new URL(`${encodeURIComponent(PACKAGE)}/latest`, registry.replace(/\/*$/, "/"));
      const response = await fetch(url, {
        headers: { accept: "application/json" },
        signal: AbortSignal.any([stopping, late.signal]),
      });
      if (!response.ok) throw new Error(`the registry answered with ${response.status}`);
      return answerSchema.parse(JSON.parse(await bounded(response))).version;
    } finally {
      done.abort();
    }
  }

  #read(): Kept | undefined {
    try {
      return keptSchema.parse(JSON.parse(readFileSync(this.#file, "utf8")));
    } catch {
      return undefined;
    }
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(kept), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      this.#input.log.debug("The check for updates is not remembered", { reason: String(error) });
    }
  }

  get #file(): string {
    return join(this.#input.stateDirectory, FILE);
  }
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LIMITS.updateAnswerBytes) throw new Error("the registry's answer is too long");
  }
  return text;
}
