import type { Clock } from "../clock.ts";
import { FOLLOW_LIMITS } from "./limits.ts";

/** Given as a reason, so that no error with a stack is made at each turn. */
const OVER = "over";

/** Something that has a next turn. */
export interface Turns {
  /** Monotonic milliseconds; Infinity for never. */
  turnAt(): number;
  /** Its next turn goes before all that are not urgent, and takes none of their places. */
  readonly isUrgent: boolean;
  /** Never rejects. */
  serve(): Promise<void>;
  /** Gives what to call when its next turn moves while it is not served. */
  attach?(wake: () => void): void;
}

interface Entry {
  readonly at: number;
  readonly one: Turns;
}

/**
 * Gives everybody their turn when it comes, some side by side. A turn that lasts long gives up its place, so that nobody's slowness holds
 * up the others. Each change costs a logarithm of how many there are.
 */
export class Rounds {
  readonly #clock: Clock;
  readonly #parallel: number;
  /** Times as they were asked last; entries of the heap that differ are stale. */
  readonly #turnAt = new Map<Turns, number>();
  readonly #heap = new Heap();
  readonly #due = { urgent: new Set<Turns>(), other: new Set<Turns>() };
  readonly #places = { urgent: new Set<Turns>(), other: new Set<Turns>() };
  readonly #serving = new Map<Turns, Promise<void>>();
  readonly #stopping = new AbortController();
  /** Ends the sleep until `#wakeAt`. */
  #alarm = new AbortController();
  #wakeAt = Infinity;

  constructor(clock: Clock, { parallel }: { readonly parallel: number }) {
    this.#clock = clock;
    this.#parallel = parallel;
  }

  add(one: Turns): void {
    this.#turnAt.set(one, Infinity);
    one.attach?.(() => this.wake(one));
    this.wake(one);
  }

  /** Its running turn, if any, goes on. */
  remove(one: Turns): void {
    this.#turnAt.delete(one);
    for (const due of Object.values(this.#due)) due.delete(one);
  }

  /** Call it after anything that can bring a turn forward. */
  wake(one: Turns): void {
    if (this.#stopping.signal.aborted || !this.#turnAt.has(one) || this.#serving.has(one)) return;
    const at = one.turnAt();
    if (at <= this.#clock.monotonic()) this.#enqueue(one);
    else if (at !== this.#turnAt.get(one)) {
      this.#turnAt.set(one, at);
      if (at < Infinity) this.#heap.push({ at, one });
      if (this.#heap.size > 2 * this.#turnAt.size + 64) this.#heap.keep((entry) => this.#isCurrent(entry));
    }
    this.#advance();
  }

  /** Resolves when nobody is served any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.abort();
    await Promise.all(this.#serving.values());
  }

  #enqueue(one: Turns): void {
    this.#turnAt.set(one, -Infinity);
    const [lane, other] = one.isUrgent ? (["urgent", "other"] as const) : (["other", "urgent"] as const);
    this.#due[other].delete(one);
    this.#due[lane].add(one);
  }

  #isCurrent({ at, one }: Entry): boolean {
    return this.#turnAt.get(one) === at;
  }

  /** Serves all whose time has come, and sleeps until the next one's. */
  #advance(): void {
    const now = this.#clock.monotonic();
    for (let next = this.#heap.first; next && (next.at <= now || !this.#isCurrent(next)); next = this.#heap.first) {
      this.#heap.pop();
      if (this.#isCurrent(next)) this.#enqueue(next.one);
    }
    for (const lane of ["urgent", "other"] as const) this.#drain(lane);
    this.#sleepUntil(this.#heap.first?.at ?? Infinity);
  }

  #drain(lane: "urgent" | "other"): void {
    const places = this.#places[lane];
    for (const one of this.#due[lane]) {
      if (places.size >= this.#parallel || this.#stopping.signal.aborted) return;
      this.#due[lane].delete(one);
      places.add(one);
      this.#serving.set(one, this.#serve(one, places));
    }
  }

  async #serve(one: Turns, places: Set<Turns>): Promise<void> {
    const done = new AbortController();
    const leave = () => {
      if (places.delete(one)) this.#advance();
    };
    this.#clock.sleep(FOLLOW_LIMITS.slowTurnMs, done.signal).then(leave, () => {});
    await one.serve();
    done.abort(OVER);
    this.#serving.delete(one);
    places.delete(one);
    this.wake(one);
    this.#advance();
  }

  #sleepUntil(at: number): void {
    if (at === this.#wakeAt) return;
    this.#alarm.abort(OVER);
    this.#wakeAt = at;
    if (at === Infinity || this.#stopping.signal.aborted) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    const ring = () => {
      if (alarm.signal.aborted) return;
      this.#wakeAt = Infinity;
      this.#advance();
    };
    this.#clock.sleep(at - this.#clock.monotonic(), alarm.signal).then(ring, () => {});
  }
}

/** The entry with the least time comes first. */
class Heap {
  #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get first(): Entry | undefined {
    return this.#entries[0];
  }

  push(entry: Entry): void {
    const entries = this.#entries;
    let index = entries.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#at(parent) <= entry.at) break;
      entries[index] = entries[parent] as Entry;
      index = parent;
    }
    entries[index] = entry;
  }

  pop(): void {
    const last = this.#entries.pop();
    if (last !== undefined && this.#entries.length > 0) this.#sink(0, last);
  }

  keep(isKept: (entry: Entry) => boolean): void {
    const entries = this.#entries.filter(isKept);
    this.#entries = [];
    for (const entry of entries) this.push(entry);
  }

  #sink(start: number, entry: Entry): void {
    const entries = this.#entries;
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(child) >= entry.at) break;
      entries[index] = entries[child] as Entry;
      index = child;
    }
    entries[index] = entry;
  }

  #at(index: number): number {
    return this.#entries[index]?.at ?? Infinity;
  }
}
