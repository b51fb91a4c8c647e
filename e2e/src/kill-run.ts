import { setTimeout as sleep } from "node:timers/promises";
import {
  type Person,
  type Profile,
  type RegisteredApplication,
  type Simulator,
  startSimulator,
} from "@weighbridge/simulator";
import { freePort, Postgres, until } from "@weighbridge/testing/parts";
import { type BridgeProcess, type ConfigText, newBridgeProcess } from "./bridge-process.ts";
import { startLossyProxy } from "./lossy-proxy.ts";
import { startMosquitto } from "./mosquitto.ts";
import { consentTo, type Generation, todaysAccount } from "./todays-account.ts";
import { startWitness, type Witness } from "./witness.ts";

export interface KillRunOptions {
  readonly kills: number;
  readonly seed: number;
  readonly people?: number;
  /** @default "wbs" */
  readonly generation?: Generation;
  /** The bridge's store. @default "sqlite" */
  readonly store?: "sqlite" | "postgres";
  /** In every nth life the database server crashes under the bridge, which ends by itself. */
  readonly databaseCrashesEvery?: number;
  /** Kills at these steps instead of at random instants. */
  readonly points?: readonly string[];
  /** In every nth life the broker restarts under the bridge, and as often while no bridge runs. */
  readonly restartsEvery?: number;
  /** False: a broker that forgets. The run must then fail. */
  readonly isBrokerPersistent?: boolean;
  /** Every nth callback is answered and forgotten. The run must then fail. */
  readonly forgetsEvery?: number;
  /** How long the end waits for what is missing: by default until the bridge has asked again 5 minutes after a notification. */
  readonly patienceMs?: number;
  onProgress?(line: string): void;
}

export interface KillRunResult {
  readonly kills: number;
  readonly brokerRestarts: number;
  readonly databaseCrashes: number;
  readonly outages: number;
  readonly weighIns: number;
  /** Events that came while the kills went on, and not only in the peace after them. */
  readonly early: number;
  /** Only a callback tells of a deletion: no poll shows one. */
  readonly deletions: number;
  readonly lost: number;
  readonly twice: number;
}

/** Small and seeded, so that a run can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const FIRST_DATE = 1_700_000_000;
/** The waits after which the simulated API tries a callback again. */
const RETRY_WAITS_S = [10, 60, 600, 3_600, 10_800];

/** The bridge asks again 1 and 5 minutes after a notification whose window showed nothing new. */
const PATIENCE_MS = 330_000;

/** Each start publishes about 16 documents for each, and the shipped broker saves after every one: with many, no life would come to its events. */
const PEOPLE = 10;

/** How many weigh-ins come before somebody deletes an older one. */
const DELETES_EVERY = 8;

/** People who step on the scale all the time, far apart in measured time so that no two weigh-ins meet, and delete what was told before. */
class Crowd {
  readonly expected = new Set<string>();
  deletions = 0;
  readonly #simulator: Simulator;
  readonly #slugs: readonly string[];
  readonly #witness: Witness;
  /** Weigh-ins that nobody has deleted, oldest first. */
  readonly #kept: { readonly slug: string; readonly grpid: number }[] = [];
  readonly #stop = new AbortController();
  #date = FIRST_DATE;
  #weighing: Promise<void> = Promise.resolve();

  constructor(simulator: Simulator, slugs: readonly string[], witness: Witness) {
    this.#simulator = simulator;
    this.#slugs = slugs;
    this.#witness = witness;
  }

  start(): void {
    this.#weighing = this.#weighOn();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#weighing;
  }

  async #weighOn(): Promise<void> {
    for (let n = 0; !this.#stop.signal.aborted; n++) {
      const slug = this.#slugs[n % this.#slugs.length] as string;
      this.#date += 600;
      const { grpid } = this.#simulator.person(slug).weighsIn({ weight: 60 + (n % 400) / 10, at: this.#date });
      this.expected.add(`${slug} ${grpid} weigh_in`);
      this.#kept.push({ slug, grpid });
      if (n % DELETES_EVERY === DELETES_EVERY - 1) this.#deleteOne();
      await sleep(15);
    }
  }

  /** A weigh-in that was not published yet would be no deletion for a subscriber. */
  #deleteOne(): void {
    const index = this.#kept.findIndex(({ slug, grpid }) => this.#witness.byWeighIn.has(`${slug} ${grpid} weigh_in`));
    const [told] = index < 0 ? [] : this.#kept.splice(index, 1);
    if (told === undefined) return;
    this.#simulator.person(told.slug).deletes(told.grpid);
    this.expected.add(`${told.slug} ${told.grpid} weigh_in_deleted`);
    this.deletions++;
  }
}

/** Kills the bridge with -9 again and again while people weigh in, and counts what a persistent subscriber got. */
export async function runKills(options: KillRunOptions): Promise<KillRunResult> {
  const random = randomOf(options.seed);
  const { restartsEvery = 10 } = options;
  const slugs = Array.from({ length: options.people ?? PEOPLE }, (_, index) => `person${index}`);
  const simulator = await startSimulator();
  const broker = await startMosquitto({ isPersistent: options.isBrokerPersistent ?? true });
  const database = await databaseOf(options);
  const witness = await startWitness(broker.url);
  const port = await freePort();
  const proxy =
    options.forgetsEvery === undefined
      ? undefined
      : await startLossyProxy(`http://127.0.0.1:${port}`, options.forgetsEvery);
  const publicUrl = `http://127.0.0.1:${proxy?.port ?? port}`;
  const app = options.generation === "public" ? simulator.application({ quirks: UNHURRIED }) : undefined;
  const bridge = await newBridgeProcess({
    ...crowdConfig(simulator, slugs, app),
    ...storeOf(database),
    mqtt: { url: broker.url },
    home_assistant: { enabled: false },
    callback: { public_url: publicUrl, host: "127.0.0.1", port, per_minute: 1_000_000 },
    admin: { port: 0 },
    timing: { coalesce_s: 0.1, repeat_call_s: 0.1 },
  });
  const crowd = new Crowd(simulator, slugs, witness);
  const counts = { kills: 0, brokerRestarts: 0, databaseCrashes: 0, outages: 0 };
  try {
    await subscribeAll(bridge, simulator, slugs, app);
    crowd.start();
    for (; counts.kills < options.kills; counts.kills++) {
      const point = options.points?.[counts.kills % options.points.length];
      bridge.start(point === undefined ? undefined : { step: point, nth: 1 + Math.floor(random() * 15) });
      await disturb(counts, { random, broker, simulator, restartsEvery });
      const isOver = await crash(database, bridge, { counts, random, every: options.databaseCrashesEvery });
      await endOf(bridge, point, { random, witness, isOver });
      if (counts.kills % restartsEvery === 1) {
        counts.brokerRestarts++;
        await broker.restart();
      }
      if (counts.kills % 20 === 19) options.onProgress?.(`${counts.kills + 1} kills, ${witness.total} events`);
    }
    await crowd.stop();
    const early = witness.total;
    await settle(bridge, witness, crowd.expected, { broker, simulator, patienceMs: options.patienceMs ?? PATIENCE_MS });
    const { deletions, expected } = crowd;
    options.onProgress?.(oddities(expected, witness));
    return { ...counts, early, weighIns: expected.size - deletions, deletions, ...verdict(expected, witness) };
  } finally {
    await crowd.stop();
    await bridge.remove();
    await proxy?.close();
    await witness.close();
    await broker.remove();
    await database?.remove();
    await simulator.stop();
  }
}

const databaseOf = async ({ store }: KillRunOptions) => (store === "postgres" ? await Postgres.start() : undefined);

const storeOf = (database: Postgres | undefined): ConfigText =>
  database === undefined ? {} : { store: database.urlOf(database.emptyDatabase()) };

/** The pace of this crowd is a thousand times that of an application, and its lives are shorter than the wait before an identical call. */
const UNHURRIED = { callsPerMinute: 100_000, sameArgumentsS: 0 };

/** Everybody, and the API that they are people of. */
function crowdConfig(
  simulator: Simulator,
  slugs: readonly string[],
  app: RegisteredApplication | undefined,
): ConfigText {
  if (app) return { accounts: [todaysAccount(simulator, app)], people: slugs.map((slug) => ({ slug, name: slug })) };
  const people = slugs.map((slug) => {
    const { userId: userid, publicKey: publickey } = simulator.person(slug);
    return { slug, name: slug, userid, publickey };
  });
  return { api: { base_url: simulator.url, calls_per_minute: 100_000, timeout_s: 2 }, people };
}

/** The bridge runs once in peace, so that its first look at everybody is behind it. Subscriptions are put in place by hand: 5 s each would take long. */
async function subscribeAll(
  bridge: BridgeProcess,
  simulator: Simulator,
  slugs: readonly string[],
  app: RegisteredApplication | undefined,
): Promise<void> {
  const people = slugs.map((slug) => simulator.person(slug));
  if (app) for (const person of people) await consentTo(app, person, person.name, bridge.folder);
  bridge.start();
  const urlsOf = (person: Person): string[] =>
    (app?.subscriptionsOf(person) ?? person.subscriptions.live).map(({ callbackUrl }) => callbackUrl);
  const url = await until(() => people.flatMap(urlsOf)[0]);
  for (const person of people) {
    if (app === undefined) person.subscriptions.put(url, "Weighbridge");
    else for (const appli of CATEGORIES) subscribeOnce(app, person, { appli, callbackUrl: url, comment: null });
  }
  const isPolled = () => simulator.log.filter((entry) => entry.kind === "call" && entry.action === "getmeas").length;
  await until(() => isPolled() >= slugs.length);
  await bridge.end("SIGTERM");
}

/** Those of a scale at today's API. */
const CATEGORIES = [1, 4, 46] as const;

function subscribeOnce(app: RegisteredApplication, person: Person, profile: Profile): void {
  const isThere = app.subscriptionsOf(person).some(({ appli }) => appli === profile.appli);
  if (!isThere) app.hasSubscription(person, profile);
}

type Disturbed = { kills: number; brokerRestarts: number; databaseCrashes: number; outages: number };
interface Around {
  readonly random: () => number;
  readonly broker: { restart(): Promise<void> };
  readonly simulator: Simulator;
}

/** Every tenth life the API is down for a while. */
async function disturb(
  counts: Disturbed,
  { random, broker, simulator, restartsEvery }: Around & { readonly restartsEvery: number },
): Promise<void> {
  simulator.heal();
  if (counts.kills % 10 === 4) {
    counts.outages++;
    simulator.fail("html", { service: "measure" }).times(20 + Math.floor(random() * 40));
    simulator.fail("drop", { service: "measure" }).times(5);
  }
  if (counts.kills % restartsEvery !== restartsEvery - 1) return;
  counts.brokerRestarts++;
  await sleep(200 + random() * 400);
  await broker.restart();
}

/** Some lives end inside start-up and recovery, most in full flow: after the first event of this life, however slow the machine is. */
async function endOf(
  bridge: BridgeProcess,
  point: string | undefined,
  { random, witness, isOver }: { readonly random: () => number; readonly witness: Witness; readonly isOver: boolean },
): Promise<void> {
  if (isOver) return;
  if (point !== undefined) await Promise.race([bridge.ended(), sleep(8_000)]);
  else if (random() < 0.25) await sleep(150 + random() * 300);
  else {
    const { total } = witness;
    await until(() => witness.total > total, 20_000).catch(() => {});
    await sleep(random() * 900);
  }
  if (point === undefined && !bridge.isRunning) throw new Error(`the bridge ended by itself:\n${bridge.output}`);
  await bridge.end("SIGKILL");
}

interface Crash {
  readonly counts: Disturbed;
  readonly random: () => number;
  readonly every: number | undefined;
}

/** The bridge ends by itself with its database server, whatever it was doing. False where this life ends in another way. */
async function crash(
  database: Postgres | undefined,
  bridge: BridgeProcess,
  { counts, random, every = Number.POSITIVE_INFINITY }: Crash,
): Promise<boolean> {
  if (database === undefined || counts.kills % every !== every - 1) return false;
  await sleep(random() * 1_500);
  await database.goAway("crash");
  await bridge.ended();
  await database.comeBack();
  counts.databaseCrashes++;
  return true;
}

/** A last life in peace: everything that is owed comes out, also what the API tries again after hours. */
async function settle(
  bridge: BridgeProcess,
  witness: Witness,
  expected: ReadonlySet<string>,
  { broker, simulator, patienceMs }: Omit<Around, "random"> & { readonly patienceMs: number },
): Promise<void> {
  simulator.heal();
  await broker.restart();
  bridge.start();
  const isComplete = () => [...expected].every((key) => witness.byWeighIn.has(key));
  await until(isComplete, 5_000).catch(() => {});
  for (const waitS of RETRY_WAITS_S) {
    simulator.clock.advance(waitS * 1000);
    await until(isComplete, 2_000).catch(() => {});
  }
  await until(isComplete, patienceMs).catch(() => {});
  // A second copy comes late, and a long run leaves much to publish.
  await until(() => Date.now() - witness.lastAt > 2_500, 900_000);
}

/** For whoever has to find the cause of a loss or a repeat. */
function oddities(expected: ReadonlySet<string>, { byWeighIn, byEvent }: Witness): string {
  const missing = [...expected].filter((key) => !byWeighIn.has(key));
  const repeated = [...byWeighIn].filter(([, times]) => times > 1).map(([key]) => key);
  // The same event twice came so from the broker or on the way to it; otherwise two events were made.
  const repeats = [...byEvent.values()].filter((times) => times > 1).length;
  const twice = `${repeated.slice(0, 20).join(", ") || "none"} (${repeats} of them by event_id)`;
  return `missing: ${missing.slice(0, 20).join(", ") || "none"}; twice: ${twice}`;
}

function verdict(expected: ReadonlySet<string>, witness: Witness): { lost: number; twice: number } {
  const lost = [...expected].filter((key) => !witness.byWeighIn.has(key)).length;
  const twiceByEvent = [...witness.byEvent.values()].filter((times) => times > 1).length;
  const twiceByWeighIn = [...witness.byWeighIn.values()].filter((times) => times > 1).length;
  return { lost, twice: Math.max(twiceByEvent, twiceByWeighIn) };
}
