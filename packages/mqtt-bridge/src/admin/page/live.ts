import type { HeldAnswer, HeldWeighIn, RecentAnswer, RecentEntry, StatusAnswer } from "../contract.ts";
import { ApiError, get, post } from "./api.ts";
import { keep } from "./kept.ts";
import { LIMITS } from "./limits.ts";

/** Everything that the page knows of the bridge. */
export interface Known {
  readonly phase: "loading" | "login" | "unreachable" | "ready";
  readonly isLive: boolean;
  readonly status: StatusAnswer | null;
  readonly held: readonly HeldWeighIn[];
  /** The newest first. */
  readonly entries: readonly RecentEntry[];
}

/** Follows the bridge: one stream of events, and the status again whenever the stream says that it changed. */
export class Live {
  #known: Known = { phase: "loading", isLive: false, status: null, held: [], entries: [] };
  readonly #listeners = new Set<() => void>();
  #stream: EventSource | undefined;
  #reading: Promise<void> | undefined;
  #isAsked = false;
  #pauseMs = 0;
  #telling: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #retryMs: number = LIMITS.retryMs;

  get known(): Known {
    return this.#known;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads everything and opens the stream; asks for a login where the bridge wants one. */
  async start(): Promise<void> {
    try {
      await this.#readAll();
      this.#openStream();
    } catch (error) {
      this.#lost(error);
    }
  }

  /** Throws the bridge's refusal of a wrong token. */
  async login(token: string): Promise<void> {
    await post("api/login", { token });
    keep("signed-in", "yes");
    this.#set({ phase: "loading" });
    await this.start();
  }

  async logout(): Promise<void> {
    await post("api/logout", {});
    keep("signed-in", null);
    await this.start();
  }

  /** Reads the status and what is held soon; calls in a row become one. */
  refresh(): void {
    if (this.#reading !== undefined) {
      this.#isAsked = true;
      return;
    }
    this.#reading = this.#readStatus()
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 401) this.#lost(error);
      })
      .then(() => sleep(Math.max(LIMITS.statusEveryMs, this.#pauseMs)))
      .then(() => {
        this.#reading = undefined;
        if (!this.#isAsked) return;
        this.#isAsked = false;
        this.refresh();
      });
  }

  async #readAll(): Promise<void> {
    await this.#readStatus();
    const { entries } = await get<RecentAnswer>("api/recent");
    this.#set({ phase: "ready", entries: newestFirst(entries) });
  }

  async #readStatus(): Promise<void> {
    const begun = performance.now();
    const status = await get<StatusAnswer>("api/status");
    const isAnyHeld = status.people.some(({ held }) => held > 0);
    const held = isAnyHeld ? (await get<HeldAnswer>("api/held")).weigh_ins : [];
    this.#pauseMs = (performance.now() - begun) / LIMITS.statusShare;
    this.#set({ status, held });
  }

  #openStream(): void {
    this.#stream?.close();
    const stream = new EventSource("api/live");
    this.#stream = stream;
    let isFirst = true;
    stream.onopen = () => {
      this.#retryMs = LIMITS.retryMs;
      this.#set({ isLive: true, phase: "ready" });
      // What happened while the stream was away is read again, whether or not the bridge still has it in order.
      if (!isFirst) this.#readAll().catch((error: unknown) => this.#lost(error));
      isFirst = false;
    };
    stream.onmessage = ({ data }) => this.#hear(JSON.parse(data) as RecentEntry);
    stream.addEventListener("status", () => this.refresh());
    stream.onerror = () => {
      this.#set({ isLive: false });
      // A browser reconnects by itself only where the connection broke, not where it was refused.
      if (stream.readyState === EventSource.CLOSED) this.#lost(new ApiError(0, "network", "no answer"));
    };
  }

  #hear(entry: RecentEntry): void {
    const others = this.#known.entries.filter(({ id }) => id !== entry.id);
    this.#set({ entries: [entry, ...others].slice(0, LIMITS.entries) });
  }

  #lost(error: unknown): void {
    this.#stream?.close();
    this.#stream = undefined;
    if (error instanceof ApiError && error.status === 401) {
      this.#set({ phase: "login", isLive: false, status: null, held: [], entries: [] });
      return;
    }
    this.#set({ isLive: false, phase: this.#known.status === null ? "unreachable" : "ready" });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.start(), this.#retryMs);
    this.#retryMs = Math.min(LIMITS.retryMaxMs, this.#retryMs * 2);
  }

  #set(change: Partial<Known>): void {
    this.#known = { ...this.#known, ...change };
    // A log at its lowest level brings many lines a second: they are shown together.
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      for (const listener of this.#listeners) listener();
    }, LIMITS.tellMs);
  }
}

const newestFirst = (entries: readonly RecentEntry[]) => entries.toSorted((a, b) => b.id - a.id);

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
