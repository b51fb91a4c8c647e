import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bridge, configSchema, type Log, VERSION } from "@weighbridge/mqtt-bridge";
import { type LogEntry, type Person, type Simulator, startSimulator } from "@weighbridge/simulator";
import mqtt, { type MqttClient } from "mqtt";
import { startBroker } from "./broker.ts";
import { consentAll } from "./consent.ts";
import { freePort } from "./listen.ts";
import { Teardown } from "./teardown.ts";

/** Ports that the standing demo prefers; it takes others if these are in use. */
const PORTS = { scale: 8470, broker: 1884, callback: 8480, admin: 8481 } as const;
const ANY = { scale: 0, broker: 0, callback: 0, admin: 0 } as const;

/** Everything of the demo, running. */
export interface Stage {
  readonly simulator: Simulator;
  readonly ada: Person;
  readonly brokerUrl: string;
  readonly callbackUrl: string;
  /** The status page of the bridge. */
  readonly statusPage: string;
  /** The page on which people consented; undefined at the original API. */
  readonly consentPage: string | undefined;
  /** An ordinary subscriber of the broker. */
  readonly subscriber: MqttClient;
  stop(): Promise<void>;
}

const PEOPLE = [
  { slug: "ada", name: "Ada", heightM: 1.68, weight: 68.2, firstName: "Ada", gender: "female" },
  { slug: "ben", name: "Ben", heightM: 1.83, weight: 84.6, firstName: "Ben", gender: "male" },
] as const;
const DAY_S = 86_400;

/** Attempts: another program may take a port between its choice and its use. */
const TRIES = 3;

export type Api = "public" | "wbs";

export interface StageOptions {
  /** Today's API with the consent page, or the original one. */
  readonly api: Api;
  readonly onAnyPort: boolean;
  /** Names of people who must be followed before the demo begins: the API wants five seconds between two subscribes. */
  readonly awaited: readonly string[];
}

export const EVERYBODY = PEOPLE.map(({ name }) => name);

/** Starts the simulated cloud, the broker and the real bridge with a state directory that is thrown away. */
export async function setStage(log: Log, { api, onAnyPort, awaited }: StageOptions): Promise<Stage> {
  for (let tries = 1; ; tries++) {
    try {
      return await build(log, { api, ports: onAnyPort ? ANY : PORTS, awaited });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || tries >= TRIES) throw error;
    }
  }
}

async function build(
  log: Log,
  {
    api,
    ports,
    awaited,
  }: Pick<StageOptions, "api" | "awaited"> & { readonly ports: Readonly<Record<keyof typeof PORTS, number>> },
): Promise<Stage> {
  const teardown = new Teardown();
  try {
    const simulator = await startSimulator({ port: await freePort(ports.scale) });
    teardown.add(() => simulator.stop());
    const people = PEOPLE.map((sketch) => settle(simulator, sketch));
    const broker = await startBroker(ports.broker);
    teardown.add(() => broker.stop());
    const stateDir = await mkdtemp(join(tmpdir(), "weighbridge-demo-"));
    teardown.add(() => rm(stateDir, { recursive: true, force: true }));
    const port = await freePort(ports.callback);
    const adminPort = await freePort(ports.admin);
    const today =
      api === "public"
        ? await consentAll(
            simulator,
            people.map(({ person, sketch: { slug } }) => [slug, person] as const),
            stateDir,
          )
        : undefined;
    const bridge = new Bridge({
      config: configSchema.parse({
        state_dir: stateDir,
        ...(today ? { accounts: [today.account] } : { api: { base_url: simulator.url } }),
        mqtt: { url: broker.url },
        callback: { public_url: `http://127.0.0.1:${port}`, host: "127.0.0.1", port },
        admin: { port: adminPort },
        people: people.map(({ person, sketch: { slug, name } }) => ({
          slug,
          name,
          ...(today ? {} : { userid: person.userId, publickey: person.publicKey }),
        })),
      }),
      log,
      version: VERSION,
      onFatal: (error) => log.error(String(error)),
    });
    const ready = Promise.all(awaited.map((name) => isFollowed(simulator, simulator.person(name))));
    await bridge.start();
    teardown.add(() => bridge.stop());
    const subscriber = await mqtt.connectAsync(broker.url);
    (subscriber.stream as Socket).setNoDelay(true);
    teardown.add(() => subscriber.endAsync(true));
    await ready;
    const [ada] = people;
    const callbackUrl = bridge.callbackUrl as string;
    return {
      simulator,
      ada: (ada as (typeof people)[number]).person,
      brokerUrl: broker.url,
      callbackUrl,
      statusPage: `http://127.0.0.1:${adminPort}/`,
      consentPage: today?.consentPage,
      subscriber,
      stop: () => teardown.stop(),
    };
  } catch (error) {
    await teardown.stop().catch(() => {});
    throw error;
  }
}

/** Adds a person with a height, a target and a few weeks of weigh-ins. */
function settle(simulator: Simulator, sketch: (typeof PEOPLE)[number]) {
  const { name, heightM, weight, firstName, gender } = sketch;
  const person = simulator.person(name, { firstName, gender, email: `${sketch.slug}@example.org`, password: "demo" });
  const now = simulator.clock.seconds();
  person.setsHeight(heightM, now - 60 * DAY_S);
  person.setsTarget({ weight: weight - 4, at: now - 30 * DAY_S });
  for (let week = 4; week >= 1; week--)
    person.weighsIn({ weight: weight + week / 2, fatRatio: 22 + week / 4, at: now - week * 7 * DAY_S });
  return { person, sketch };
}

/** Resolves when the bridge has subscribed and fetched the past: from then on it learns of a weigh-in by a callback. */
function isFollowed(simulator: Simulator, person: Person): Promise<void> {
  return new Promise((resolve) => {
    const done = new Set<string>();
    const stop = simulator.listen((entry) => {
      const way = wayOf(entry, person);
      if (way === undefined || entry.kind !== "call") return;
      // Today's API is subscribed to for one kind of data after the other; at the original one a poll follows the subscription.
      if (way === "public" || entry.action === "subscribe" || done.has("subscribe")) done.add(entry.action);
      if (!done.has("subscribe") || !done.has("getmeas")) return;
      stop();
      resolve();
    });
  });
}

/** The API at which a call about the person went well. */
function wayOf(entry: LogEntry, { name, userId }: Person): Api | undefined {
  if (entry.kind !== "call" || entry.status !== 0) return undefined;
  if (entry.person === name) return "public";
  return entry.parameters["userid"] === String(userId) ? "wbs" : undefined;
}
