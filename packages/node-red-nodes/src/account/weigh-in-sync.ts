import {
  type AmbiguousPolicy,
  type Clock,
  type Decided,
  Follower,
  type PersonApi,
  type PersonEvent,
  type Problem,
  problemOf,
  Rounds,
  type Turns,
  type Verdict,
} from "@weighbridge/core";

import { LIMITS } from "../limits.ts";
import type { RecordFile } from "./record-file.ts";
import { RecordStore, recordOf } from "./record-store.ts";

export interface WeighInSyncInput {
  readonly api: PersonApi;
  readonly file: RecordFile;
  readonly clock: Clock;
  readonly ambiguous: AmbiguousPolicy;
  readonly pollWithoutSubscriptionS: number;
  /** From when on events may be told, epoch milliseconds; until then they wait on disk. */
  tellFrom(): number;
  /** The events are on disk, and are told again after a crash until this returns. */
  onEvents(events: readonly PersonEvent[]): void;
  /** The account began or ceased to answer. */
  onProblem(problem: Problem | null): void;
}

/** Follows the account's person, and hands on the events that are on disk. */
export class WeighInSync {
  readonly #input: WeighInSyncInput;
  readonly #follower: Follower;
  readonly #rounds: Rounds;
  /** Told in this process, though perhaps still in the outbox. */
  readonly #sent = new Set<string>();
  #problem: Problem | null = null;
  #isStopped = false;

  constructor(input: WeighInSyncInput) {
    const { api, file, clock, ambiguous, pollWithoutSubscriptionS } = input;
    this.#input = input;
    const key = `${api.generation}:${api.userId}`;
    this.#follower = new Follower(
      {
        api,
        store: new RecordStore(key, file),
        clock,
        ambiguous,
        timing: { ...TIMING, pollWithoutSubscriptionS },
        callback: null,
        onSubscription: () => {},
        onProblem: (problem) => this.#tell(problem),
        onFailure: () => {},
        onRecovered: () => {},
      },
      { record: recordOf(key, file), hasHints: file.record.hints.length > 0 },
    );
    this.#rounds = new Rounds(clock, { parallel: 1 });
  }

  start(): void {
    this.#rounds.add(this.#turns);
  }

  /** A turn of the follower, then the events that it owes. */
  readonly #turns: Turns = this.#makeTurns();

  #makeTurns(): Turns {
    const hasOwed = () => this.#input.file.record.outbox.some(({ id }) => !this.#sent.has(id));
    const owedAt = () => {
      const { clock, tellFrom } = this.#input;
      return hasOwed() ? clock.monotonic() + tellFrom() - clock.now() : Infinity;
    };
    const isUrgent = () => this.#follower.isUrgent;
    return {
      turnAt: () => Math.min(this.#follower.turnAt(), owedAt()),
      get isUrgent() {
        return isUrgent();
      },
      serve: async () => {
        await this.#follower.serve();
        await this.#follower.alone(() => this.#deliver()).catch((error: unknown) => this.#tell(problemOf(error)));
      },
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([this.#follower.stop(), this.#rounds.stop()]);
  }

  /** A hint is on disk. */
  hinted(): void {
    this.#follower.hinted();
    this.#rounds.wake(this.#turns);
  }

  requestPoll(): void {
    this.#follower.requestPoll();
    this.#rounds.wake(this.#turns);
  }

  /** Something that times depend on has changed, such as a subscription. */
  reconsider(): void {
    this.#rounds.wake(this.#turns);
  }

  /** The listener that events waited for is there. */
  tellOwed(): void {
    this.#follower.alone(() => this.#deliver()).catch((error: unknown) => this.#tell(problemOf(error)));
  }

  async decide(weighInId: number, verdict: Verdict): Promise<Decided> {
    const decided = await this.#follower.decide(weighInId, verdict);
    await this.#follower.alone(() => this.#deliver());
    return decided;
  }

  async #deliver(): Promise<void> {
    const { clock, file, onEvents, tellFrom } = this.#input;
    if (this.#isStopped || tellFrom() > clock.now()) return;
    const owed = file.record.outbox.filter(({ id }) => !this.#sent.has(id));
    if (owed.length > 0) {
      onEvents(owed);
      for (const { id } of owed) this.#sent.add(id);
    }
    if (file.record.outbox.length === 0) return;
    await file.commit({ sent: [...this.#sent] });
    this.#sent.clear();
  }

  #tell(problem: Problem | null): void {
    if (this.#problem?.code === problem?.code) return;
    this.#problem = problem;
    this.#input.onProblem(problem);
  }
}

const TIMING = {
  pollWithSubscriptionS: LIMITS.pollWithSubscriptionS,
  rereadS: LIMITS.rereadEveryS,
  profileS: LIMITS.profileEveryS,
  coalesceMs: LIMITS.coalesceMs,
  repeatCallMs: LIMITS.repeatCallMs,
} as const;
