import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";

/** A shard of the people that one replica owns for a while. Every write under it carries the epoch, which grows with each owner. */
export interface Lease {
  readonly shard: number;
  readonly epoch: number;
}

/** The shards and replicas of a database, as one replica sees them. */
export interface LeaseView {
  /** The shards that this replica still owns. */
  readonly held: readonly Lease[];
  readonly shards: number;
  /** Replicas that were there within a lease, this one among them. */
  readonly replicas: number;
}

/** Port: leases by one clock, that of the database. */
export interface LeaseBoard {
  /** Says that this replica is there, and renews what it holds. What another one owns by now is not in the answer. */
  renew(held: readonly Lease[]): Promise<LeaseView>;
  /** Takes at most so many shards that nobody owns, each under a new epoch. */
  take(count: number): Promise<readonly Lease[]>;
  /** Lets others take them at once. */
  giveBack(leases: readonly Lease[]): Promise<void>;
  /** Says that this replica is there no more. */
  leave(): Promise<void>;
}

export interface Decision {
  readonly take: number;
  readonly giveBack: readonly Lease[];
}

/** Each replica takes up to its share and gives back what is above it, the last shards first. */
export function decideLeases({ held, shards, replicas }: LeaseView): Decision {
  const share = Math.ceil(shards / Math.max(1, replicas));
  const giveBack = held.toSorted((a, b) => a.shard - b.shard).slice(share);
  return { take: Math.max(0, share - held.length), giveBack };
}

export interface LeaseKeeperInput {
  readonly board: LeaseBoard;
  readonly clock: Clock;
  onTaken(lease: Lease): void;
  /** The shard is another replica's, or will be: nothing more may be published of it. Resolves when that is so. */
  onLost(lease: Lease): Promise<void>;
  /** The database did not answer; it is asked again. */
  onError(error: unknown): void;
}

/** Keeps a replica's share of the shards. */
export class LeaseKeeper {
  readonly #input: LeaseKeeperInput;
  readonly #held = new Map<number, Lease>();
  readonly #stopping = new AbortController();
  /** When the last renewal that succeeded was sent: the database counts from a later instant. */
  #renewedAt = 0;
  #rounds: Promise<void> | undefined;

  constructor(input: LeaseKeeperInput) {
    this.#input = input;
  }

  /** False for a replica that was frozen or cut off for too long, whatever it believes it owns. */
  isHeld({ shard, epoch }: Lease): boolean {
    return this.#held.get(shard)?.epoch === epoch && this.#isFresh();
  }

  #isFresh(): boolean {
    return this.#input.clock.monotonic() - this.#renewedAt < LIMITS.leaseMs;
  }

  start(): void {
    this.#rounds ??= this.#run();
  }

  /** Gives everything back, once each shard is quiet. A round that is under way ends first: it could take shards again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#rounds;
    const held = [...this.#held.values()];
    await this.#lose(held);
    await this.#input.board.giveBack(held);
    await this.#input.board.leave();
  }

  async #run(): Promise<void> {
    const { clock, onError } = this.#input;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#round();
      } catch (error) {
        onError(error);
        if (!this.#isFresh()) await this.#lose([...this.#held.values()]);
      }
      await clock.sleep(LIMITS.leaseRenewMs, this.#stopping.signal).catch(() => {});
    }
  }

  async #round(): Promise<void> {
    const { board, clock, onTaken } = this.#input;
    const sentAt = clock.monotonic();
    const view = await board.renew([...this.#held.values()]);
    const isOurs = ({ shard, epoch }: Lease) =>
      view.held.some((lease) => lease.shard === shard && lease.epoch === epoch);
    await this.#lose([...this.#held.values()].filter((lease) => !isOurs(lease)));
    this.#renewedAt = sentAt;
    const { take, giveBack } = decideLeases(view);
    await this.#lose(giveBack);
    if (giveBack.length > 0) await board.giveBack(giveBack);
    const taken = take === 0 || this.#stopping.signal.aborted ? [] : await board.take(take);
    for (const lease of taken) {
      this.#held.set(lease.shard, lease);
      onTaken(lease);
    }
  }

  async #lose(leases: readonly Lease[]): Promise<void> {
    for (const { shard } of leases) this.#held.delete(shard);
    await Promise.all(leases.map((lease) => this.#input.onLost(lease)));
  }
}
