import {
  type Person,
  type PersonDetails,
  type RegisteredApplication,
  type Simulator,
  startSimulator,
} from "@weighbridge/simulator";
import { freePort, until } from "@weighbridge/testing/parts";
import { type BridgeProcess, newBridgeProcess } from "./bridge-process.ts";
import { type Listener, startListener } from "./listener.ts";
import { type Mosquitto, type MosquittoOptions, startMosquitto } from "./mosquitto.ts";
import { consentTo, type Generation, REPEAT_S, todaysAccount } from "./todays-account.ts";

export interface Inhabitant extends PersonDetails {
  readonly slug: string;
  readonly name: string;
  readonly weight_unit?: "kg" | "lb" | "st";
  readonly ambiguous?: "hold" | "accept" | "ignore";
  readonly exclude?: readonly string[];
}

export const ADA: Inhabitant = { slug: "ada", name: "Ada" };

/** Sections of the bridge's configuration, over the house's own. */
export type MoreConfig = Readonly<Record<string, object>>;

/** Everything between a scale and a subscriber: the simulated API, a real broker, the real bridge, and somebody who listens. */
export class House {
  readonly simulator: Simulator;
  readonly broker: Mosquitto;
  readonly bridge: BridgeProcess;
  readonly listener: Listener;
  readonly callbackPort: number;
  /** That of today's API; undefined where the house speaks the original one. */
  readonly application: RegisteredApplication | undefined;

  constructor(parts: Pick<House, "simulator" | "broker" | "bridge" | "listener" | "callbackPort" | "application">) {
    this.application = parts.application;
    this.simulator = parts.simulator;
    this.broker = parts.broker;
    this.bridge = parts.bridge;
    this.listener = parts.listener;
    this.callbackPort = parts.callbackPort;
  }

  /** Configures these people for the next start of the bridge. */
  async inhabit(people: readonly Inhabitant[], more: MoreConfig = {}): Promise<void> {
    const { callbackPort: port, application, simulator, bridge } = this;
    if (application)
      for (const { slug, name, weight_unit: _unit, ambiguous: _policy, exclude: _exclude, ...details } of people)
        await consentTo(application, simulator.person(name, details), slug, bridge.folder);
    await bridge.configure({
      ...(application
        ? { accounts: [todaysAccount(simulator, application, more["api"])] }
        : { api: { base_url: simulator.url, calls_per_minute: 100_000, timeout_s: 2, ...more["api"] } }),
      mqtt: { url: this.broker.url, ...more["mqtt"] },
      home_assistant: { hold_s: 0, ...more["home_assistant"] },
      callback: { public_url: `http://127.0.0.1:${port}`, host: "127.0.0.1", port, ...more["callback"] },
      admin: { port: 0, ...more["admin"] },
      timing: { coalesce_s: 0.1, repeat_call_s: application ? REPEAT_S : 0.1, ...more["timing"] },
      people: people.map(({ slug, name, weight_unit = "kg", ambiguous = "hold", exclude = [], ...details }) => {
        const { userId: userid, publicKey: publickey } = simulator.person(name, details);
        return { slug, name, weight_unit, ambiguous, exclude, ...(application ? {} : { userid, publickey }) };
      }),
    });
  }

  person(name: string): Person {
    return this.simulator.person(name);
  }

  /** Starts the bridge; resolves when its first look at everybody is over: what comes now is news. */
  async open(...names: readonly string[]): Promise<void> {
    this.bridge.start();
    await until(() => names.every((name) => this.isSubscribed(this.simulator.person(name))));
    await this.listener.hears("weighbridge/bridge/state", "online");
    if (this.application) {
      const statuses = names.map((name) => `weighbridge/people/${name.toLowerCase()}/status`);
      await until(() => statuses.every((topic) => this.listener.lastJson(topic)?.["last_poll"] != null));
      return;
    }
    const profiles = names.map((name) => `weighbridge/people/${name.toLowerCase()}/profile`);
    await until(() => profiles.every((topic) => this.listener.lastJson(topic)?.["is_sharing"] === true));
  }

  /** Whether weigh-ins of the person are announced. */
  isSubscribed(person: Person): boolean {
    const found = this.application?.subscriptionsOf(person) ?? person.subscriptions.live;
    return found.length > 0;
  }

  async close(): Promise<void> {
    await this.bridge.remove();
    await this.listener.close();
    await this.broker.remove();
    await this.simulator.stop();
  }
}

export interface HouseOptions {
  readonly people?: readonly Inhabitant[];
  readonly config?: MoreConfig;
  readonly broker?: MosquittoOptions;
  /** @default "wbs" */
  readonly generation?: Generation;
}

/** The bridge is configured and not started yet. */
export async function makeHouse({
  people = [ADA],
  config = {},
  broker: ofBroker = {},
  generation = "wbs",
}: HouseOptions = {}): Promise<House> {
  const simulator = await startSimulator();
  const broker = await startMosquitto(ofBroker);
  const listener = await startListener(broker.url);
  const application = generation === "public" ? simulator.application() : undefined;
  const house = new House({
    simulator,
    application,
    broker,
    listener,
    bridge: await newBridgeProcess({}),
    callbackPort: await freePort(),
  });
  await house.inhabit(people, config);
  // Long known, so that it is no news.
  for (const { name } of people) simulator.person(name).setsHeight(1.68, simulator.clock.seconds() - 86_400);
  return house;
}
