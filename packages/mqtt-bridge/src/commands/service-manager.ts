import { spawn } from "node:child_process";
import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";

export interface ServiceManagerInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Reports to systemd that the bridge is ready, alive and stopping (`Type=notify`, `WatchdogSec=`). Does nothing where systemd did not start it.
 * Runs `systemd-notify`, since Node has no datagram sockets of the Unix kind: the unit needs `NotifyAccess=all`.
 */
export class ServiceManager {
  readonly #input: ServiceManagerInput;
  readonly #stopping = new AbortController();
  #isReady = false;
  #sent: Promise<void> = Promise.resolve();
  #watching: Promise<void> = Promise.resolve();

  constructor(input: ServiceManagerInput) {
    this.#input = input;
  }

  /** Ready once; the watchdog is fed from here on. */
  ready(): void {
    if (this.#isReady || this.#isStopping) return;
    this.#isReady = true;
    this.#send("READY=1", "STATUS=Running");
    const everyMs = this.#watchdogMs();
    if (everyMs !== undefined) this.#watching = this.#feed(everyMs);
  }

  /** Resolves when systemd has heard it. */
  async stopping(): Promise<void> {
    if (this.#isStopping) return;
    this.#stopping.abort();
    await this.#watching;
    this.#send("STOPPING=1", "STATUS=Stopping");
    await this.#sent;
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Half of systemd's limit, as it recommends; undefined where it watches no one, or another process. */
  #watchdogMs(): number | undefined {
    const { env, pid } = this.#input;
    const limitUs = Number(env["WATCHDOG_USEC"] ?? "0");
    const isOurs = env["WATCHDOG_PID"] === undefined || env["WATCHDOG_PID"] === String(pid);
    if (!isOurs || !Number.isFinite(limitUs) || limitUs <= 0) return undefined;
    return Math.max(LIMITS.watchdogEveryMs, limitUs / 2_000);
  }

  async #feed(everyMs: number): Promise<void> {
    const { clock } = this.#input;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal).catch(() => {});
      if (!signal.aborted) this.#send("WATCHDOG=1");
    }
  }

  /** One after the other, so that systemd hears them in order. */
  #send(...words: string[]): void {
    if (!this.#input.env["NOTIFY_SOCKET"]) return;
    this.#sent = this.#sent.then(() => this.#run(words));
  }

  #run(words: readonly string[]): Promise<void> {
    const { env, log } = this.#input;
    return new Promise((resolve) => {
      const child = spawn("systemd-notify", words, { env, stdio: "ignore", timeout: LIMITS.notifyMs });
      const done = (reason: string | undefined) => {
        if (reason !== undefined)
          log.warn("systemd did not hear from the bridge", {
            reason,
            remedy: "Set NotifyAccess=all in the unit, or Type=exec without WatchdogSec=.",
          });
        resolve();
      };
      child.once("error", ({ message }) => done(message));
      child.once("exit", (code, signal) =>
        done(code === 0 ? undefined : `systemd-notify ended with ${code ?? signal}`),
      );
    });
  }
}
