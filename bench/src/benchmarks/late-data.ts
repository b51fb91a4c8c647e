import { Application, createWbsClient, Follower } from "@weighbridge/core";
import { ManualClock, MemoryPersonStore } from "@weighbridge/core/testing";
import { startSimulator } from "@weighbridge/simulator";
import { type Benchmark, type Result, result } from "../benchmark.ts";

/** How long after the notification the API shows the weigh-in, seconds; each list is one figure, which is the worst of it. */
const DELAYS_S = {
  "late-data-15s": [1, 5, 10, 14],
  "late-data-1min": [16, 30, 45, 59],
  "late-data-5min": [61, 150, 299],
  "late-data-30min": [301, 900, 1_799],
} as const;

const CALLBACK = { url: "http://home.example.org/w", comment: "Weighbridge" };
const START_MS = Date.UTC(2026, 2, 1, 7);
/** The bridge's defaults for a person with a subscription. */
const TIMING = {
  pollWithSubscriptionS: 21_600,
  pollWithoutSubscriptionS: 900,
  rereadS: 86_400,
  profileS: 86_400,
  coalesceMs: 2_000,
  repeatCallMs: 12_000,
} as const;

/** From the moment at which the API shows a notified weigh-in to its event, on a moved clock: seconds of the household, not of this machine. */
export const lateData: Benchmark = {
  names: ["late-data-15s", "late-data-1min", "late-data-5min", "late-data-30min"],
  async run(log) {
    const results: Result[] = [];
    for (const [name, delays] of Object.entries(DELAYS_S)) {
      const waits: number[] = [];
      for (const delayS of delays) waits.push(await waitAfter(delayS));
      log(`${name}: shown after ${delays.join(", ")} s, event ${waits.map(Math.round).join(", ")} s later`);
      // No event can come before the API shows the weigh-in.
      results.push(result(name, "s", [0], [Math.max(...waits)]));
    }
    return results;
  },
};

/** The worst case in each class stands between two questions, so every person is followed from the start. Gives seconds. */
async function waitAfter(delayS: number): Promise<number> {
  const clock = new ManualClock(START_MS);
  const seconds = () => Math.floor(clock.now() / 1000);
  await using simulator = await startedSimulator(clock);
  const ada = simulator.person("Ada");
  const application = new Application({ clock, callsPerMinute: 100_000, repeatCallMs: 0 });
  const client = createWbsClient({ baseUrl: simulator.url, clock, application, retries: 0 });
  const checked = { checkedAt: seconds(), nextCheckAt: seconds() + 86_400 };
  const store = new MemoryPersonStore({
    addedAt: seconds(),
    subscription: { status: "active", callbackUrl: CALLBACK.url, ...checked },
    memory: { callbackAt: seconds() },
  });
  const follower = new Follower(
    {
      api: client.person(ada),
      store,
      clock,
      ambiguous: "hold",
      timing: TIMING,
      callback: CALLBACK,
      onSubscription: () => {},
      onProblem: () => {},
      onFailure: ({ error }) => {
        throw error;
      },
      onRecovered: () => {},
    },
    { record: await store.load(), hasHints: false },
  );
  await follower.serve();
  await clock.advance(60_000);
  const measuredAt = seconds();
  await store.takeHint({ from: measuredAt, to: measuredAt + 1 }, measuredAt);
  follower.hinted();
  const shownAt = measuredAt + delayS;
  let isShown = false;
  while (store.events.length === 0) {
    const next = Math.max(clock.monotonic(), follower.turnAt());
    const untilShownMs = shownAt * 1000 - clock.now();
    if (!isShown && next - clock.monotonic() >= untilShownMs) {
      await clock.advance(untilShownMs);
      ada.weighsIn({ weight: 66, at: measuredAt });
      isShown = true;
    } else {
      await clock.advance(next - clock.monotonic());
      await follower.serve();
    }
  }
  await follower.stop();
  return clock.now() / 1000 - shownAt;
}

async function startedSimulator(clock: ManualClock) {
  const simulator = await startSimulator({ clock });
  return Object.assign(simulator, { [Symbol.asyncDispose]: () => simulator.stop() });
}
