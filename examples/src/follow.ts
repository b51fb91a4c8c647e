// Prints each weigh-in of a person once it happened, without Node-RED, MQTT or a database: node follow.ts [seconds between polls]
import { Follower, type PersonCommit, Rounds, systemClock } from "@weighbridge/core";
import { MemoryPersonStore } from "@weighbridge/core/testing";
import { client, person } from "./settings.ts";

const DAY_S = 86_400;

/** Forgets everything at the end of the process. A program that must lose nothing implements the port `PersonStore` on its own database. */
class PrintingStore extends MemoryPersonStore {
  override async commit(commit: PersonCommit): Promise<void> {
    await super.commit(commit);
    for (const { kind, measuredAt, values, derived } of commit.change?.events ?? [])
      process.stdout.write(`${JSON.stringify({ kind, measuredAt, values, change: derived.change })}\n`);
  }
}

const store = new PrintingStore({
  key: `wbs:${person.userId}`,
  // Weigh-ins before now are history and no events.
  addedAt: Math.floor(systemClock.now() / 1000),
});

const follower = new Follower(
  {
    api: client.person(person),
    store,
    clock: systemClock,
    // A weigh-in that may be somebody else's comes as `weigh_in_ambiguous`, and counts once `follower.decide` claims it.
    ambiguous: "hold",
    timing: {
      pollWithoutSubscriptionS: Number(process.argv[2] ?? 900),
      pollWithSubscriptionS: 6 * 3_600,
      rereadS: DAY_S,
      profileS: DAY_S,
      coalesceMs: 2_000,
      repeatCallMs: 12_000,
    },
    // No callback URL: polls alone find what is new.
    callback: null,
    onSubscription: () => {},
    onProblem: (problem) => process.stderr.write(problem ? `${problem.message}: ${problem.remedy}\n` : "all is well\n"),
    onFailure: ({ error, againInS }) => process.stderr.write(`${error}; next try in ${againInS} s\n`),
    onRecovered: (chore) => process.stderr.write(`${chore} works again\n`),
  },
  { record: await store.load(), hasHints: false },
);

const rounds = new Rounds(systemClock, { parallel: 1 });
rounds.add(follower);
process.stdout.write("following\n");

// Waits of the clock keep no process alive.
const alive = setInterval(() => {}, DAY_S * 1_000);
process.once("SIGTERM", stop).once("SIGINT", stop);

function stop(): void {
  clearInterval(alive);
  Promise.all([follower.stop(), rounds.stop()]).catch((error: unknown) => process.stderr.write(`${error}\n`));
}
