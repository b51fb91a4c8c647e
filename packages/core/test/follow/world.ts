import { onTestFinished } from "vitest";
import type { CallOptions } from "../../src/domain/call-options.ts";
import type { SubscriptionReport } from "../../src/domain/subscription.ts";
import type { ErrorCode } from "../../src/error-codes.ts";
import { RejectedError, UnreachableError } from "../../src/errors.ts";
import { Follower, type FollowFailure, type FollowTiming } from "../../src/follow/follower.ts";
import type { FollowProblem } from "../../src/follow/problem.ts";
import { Rounds } from "../../src/follow/rounds.ts";
import type { Callback } from "../../src/follow/subscription.ts";
import type { GroupQuery } from "../../src/ports/person-api.ts";
import type { PersonRecord } from "../../src/ports/person-store.ts";
import { FakePersonApi } from "../../src/testing/fake-person-api.ts";
import { group } from "../../src/testing/groups.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";
import { MemoryPersonStore } from "../../src/testing/memory-person-store.ts";

/** 2026-03-01T07:00:00Z. */
export const START = 1_772_348_400;
export const DAY = 86_400;

const TIMING: FollowTiming = {
  pollWithSubscriptionS: 21_600,
  pollWithoutSubscriptionS: 900,
  rereadS: DAY,
  profileS: DAY,
  coalesceMs: 2_000,
  repeatCallMs: 12_000,
};

export const away = () => new UnreachableError("the API does not answer", { code: "network", remedy: "Wait." });

export const refusal = (status: number, code: ErrorCode = "not_shared") =>
  new RejectedError({
    code,
    status,
    meaning: code,
    remedy: "Turn sharing on.",
    service: "measure",
    action: "getmeas",
  });

interface Call {
  readonly what: "window" | "poll" | "profile" | "subscription" | "subscribe" | "revoke";
  readonly at: number;
  readonly query?: GroupQuery;
  readonly priority: string;
}

/** One person's API that fails, hangs and is slow on demand, and notes each call. */
export class ToldApi extends FakePersonApi {
  readonly calls: Call[] = [];
  readonly #clock: ManualClock;
  /** Fails a call where it gives an error. */
  fail: (call: Call) => Error | undefined = () => undefined;
  /** Answers wait for what it gives. */
  hold: (call: Call) => Promise<void> | undefined = () => undefined;

  constructor(clock: ManualClock, userId = "29") {
    super({ userId });
    this.#clock = clock;
  }

  async #call(what: Call["what"], options: CallOptions | undefined, query?: GroupQuery): Promise<void> {
    this.now = Math.floor(this.#clock.now() / 1000);
    const priority = options?.priority ?? "chore";
    const call: Call = { what, at: this.#clock.monotonic() / 1000, priority, ...(query && { query }) };
    this.calls.push(call);
    await heldOr(this.hold(call), options?.signal);
    const error = this.fail(call);
    if (error) throw error;
  }

  override async *measureGroups(query: GroupQuery, options?: CallOptions) {
    await this.#call("from" in query ? "window" : "poll", options, query);
    yield* super.measureGroups(query);
  }
  override async profile(options?: CallOptions) {
    await this.#call("profile", options);
    return super.profile();
  }
  override async subscription(url: string, options?: CallOptions) {
    await this.#call("subscription", options);
    return super.subscription(url);
  }
  override async subscribe(url: string, comment: string, options?: CallOptions) {
    await this.#call("subscribe", options);
    return super.subscribe(url, comment);
  }
  override async revoke(url: string, options?: CallOptions) {
    await this.#call("revoke", options);
    return super.revoke(url);
  }

  of(what: Call["what"]): Call[] {
    return this.calls.filter((call) => call.what === what);
  }
}

async function heldOr(held: Promise<void> | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (held === undefined) return;
  await new Promise<void>((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
    held.then(resolve, reject);
  });
}

/** Lets everything run that waits for nothing but its turn. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

export interface FollowedInput {
  readonly callback?: Callback | null;
  readonly record?: Partial<PersonRecord>;
  readonly clock?: ManualClock;
  readonly rounds?: Rounds;
  readonly api?: ToldApi;
  readonly store?: MemoryPersonStore;
}

/** A person who was followed before: their first poll is over. Nothing is due but the poll of the start. */
export async function follow(input: FollowedInput = {}) {
  const { callback = null, clock = new ManualClock(START * 1000), rounds = new Rounds(clock, { parallel: 4 }) } = input;
  const { api = new ToldApi(clock) } = input;
  const memory = { rereadAt: START, profileAt: START };
  const store =
    input.store ??
    new MemoryPersonStore({ key: "wbs:29", addedAt: START - DAY, cursor: START, memory, ...input.record });
  const problems: (FollowProblem | null)[] = [];
  const failures: FollowFailure[] = [];
  const recovered: string[] = [];
  const reports: SubscriptionReport[] = [];
  const oddClocks: number[] = [];
  const follower = new Follower(
    {
      api,
      store,
      clock,
      ambiguous: "hold",
      timing: TIMING,
      callback,
      onSubscription: (report) => reports.push(report),
      onProblem: (problem) => problems.push(problem),
      onFailure: (failure) => failures.push(failure),
      onRecovered: (chore) => recovered.push(chore),
      onOddClock: (behindS) => oddClocks.push(behindS),
    },
    { record: await store.load(), hasHints: (await store.hints(1)).length > 0 },
  );
  const stop = () => Promise.all([rounds.stop(), follower.stop()]);
  onTestFinished(() => void stop());
  rounds.add(follower);
  await quiet();
  return {
    api,
    clock,
    store,
    rounds,
    follower,
    problems,
    failures,
    recovered,
    reports,
    oddClocks,
    stop,
    /** A callback that named these seconds. */
    async hint(from: number | null, to = from === null ? 0 : from + 1) {
      await store.takeHint(from === null ? null : { from, to }, Math.floor(clock.now() / 1000));
      follower.hinted();
      rounds.wake(follower);
      await quiet();
    },
    wake() {
      rounds.wake(follower);
      return quiet();
    },
    /** Moves time on in steps, so that what each step starts can go on. */
    async pass(seconds: number, step = Math.min(seconds, 1)) {
      for (let passed = 0; passed < seconds; passed += step) {
        await clock.advance(Math.min(step, seconds - passed) * 1000);
        await quiet();
      }
    },
    weighIn(id: number, at: number, weight = 80) {
      api.now = Math.floor(clock.now() / 1000);
      api.put(group({ id, at, values: { weight } }));
    },
    kinds: () => store.events.map(({ kind }) => kind),
  };
}
