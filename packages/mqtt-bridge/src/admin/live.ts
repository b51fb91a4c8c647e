import type { ServerResponse } from "node:http";
import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { RecentEntry } from "./contract.ts";
import type { Recent } from "./recent.ts";
import { AdminError, type Reply } from "./reply.ts";

/** The live list: server-sent events, one for each new entry, and `status` when anything of the status changed. */
export class Live {
  readonly #recent: Recent;
  readonly #clock: Clock;
  readonly #listeners = new Set<ServerResponse>();
  readonly #stopping = new AbortController();
  #isBeating = false;
  #isStatusDue = false;

  constructor(recent: Recent, clock: Clock) {
    this.#recent = recent;
    this.#clock = clock;
    recent.listen((entry) => this.#send(messageOf(entry)));
  }

  /** Throws an AdminError where there are too many listeners. `lastEventId` is what a browser sends when it comes back. */
  listen(lastEventId: string | undefined): Reply {
    if (this.#listeners.size >= LIMITS.liveListeners)
      throw new AdminError(429, "too_many_listeners", "too many listen already", "Close other pages of this bridge.");
    return {
      status: 200,
      // Nginx would keep messages back.
      headers: { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
      body: "",
      stream: (response) => this.#begin(response, lastEventId),
    };
  }

  /** Something that the status shows has changed. Told once for a burst. */
  statusChanged(): void {
    if (this.#isStatusDue || this.#listeners.size === 0) return;
    this.#isStatusDue = true;
    this.#clock.sleep(LIMITS.liveStatusMs, this.#stopping.signal).then(
      () => {
        this.#isStatusDue = false;
        this.#send("event: status\ndata: {}\n\n");
      },
      () => {},
    );
  }

  stop(): void {
    this.#stopping.abort();
    for (const response of this.#listeners) response.end();
  }

  #begin(response: ServerResponse, lastEventId: string | undefined): void {
    this.#listeners.add(response);
    response.once("close", () => this.#listeners.delete(response));
    const last = Number(lastEventId);
    const missed = lastEventId === undefined || !Number.isSafeInteger(last) ? [] : this.#recent.after(last);
    response.write(`retry: ${LIMITS.liveRetryMs}\n\n${missed.map(messageOf).join("")}`);
    if (!this.#isBeating) this.#beat().catch(() => {});
  }

  /** Only while somebody listens. */
  async #beat(): Promise<void> {
    this.#isBeating = true;
    while (this.#listeners.size > 0) {
      await this.#clock.sleep(LIMITS.liveHeartbeatMs, this.#stopping.signal);
      this.#send(": still here\n\n");
    }
    this.#isBeating = false;
  }

  /** A listener who does not read is left: what it misses must not fill the memory. */
  #send(text: string): void {
    for (const response of this.#listeners)
      if (response.writableLength > LIMITS.liveWaitingBytes) response.destroy();
      else response.write(text);
  }
}

const messageOf = (entry: RecentEntry) => `id: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`;
