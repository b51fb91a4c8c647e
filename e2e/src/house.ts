import { type Person, type PersonDetails, type Simulator, startSimulator } from "@weighbridge/simulator";
import { freePort, until } from "@weighbridge/testing/parts";
import { type BridgeProcess, newBridgeProcess } from "./bridge-process.ts";
import { type Listener, startListener } from "./listener.ts";
import { type Mosquitto, type MosquittoOptions, startMosquitto } from "./mosquitto.ts";

export interface Inhabitant extends PersonDetails {
  readonly slug: string;
  readonly name: string;
  readonly weight_unit?: "kg" | "lb" | "st";
  readonly ambiguous?: "hold" | "accept" | "ignore";
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

  constructor(parts: Pick<House, "simulator" | "broker" | "bridge" | "listener" | "callbackPort">) {
    this.simulator = parts.simulator;
    this.broker = parts.broker;
    this.bridge = parts.bridge;
    this.listener = parts.listener;
    this.callbackPort = parts.callbackPort;
  }

  /** Configures these people for the next start of the bridge. */
  async inhabit(people: readonly Inhabitant[], more: MoreConfig = {}): Promise<void> {
    const port = this.callbackPort;
    await this.bridge.configure({
      api: { base_url: this.simulator.url, calls_per_minute: 100_000, timeout_s: 2, ...more["api"] },
      mqtt: { url: this.broker.url, ...more["mqtt"] },
      home_assistant: { hold_s: 0, ...more["home_assistant"] },
      callback: { public_url: `http://127.0.0.1:${port}`, host: "127.0.0.1", port, ...more["callback"] },
      timing: { coalesce_s: 0.1, repeat_call_s: 0.1, ...more["timing"] },
      people: people.map(({ slug, name, weight_unit = "kg", ambiguous = "hold", ...details }) => {
        const { userId: userid, publicKey: publickey } = this.simulator.person(name, details);
        return { slug, name, weight_unit, ambiguous, userid, publickey };
      }),
    });
  }

  person(name: string): Person {
    return this.simulator.person(name);
  }

  /** Starts the bridge; resolves when its first look at everybody is over: what comes now is news. */
  async open(...names: readonly string[]): Promise<void> {
    this.bridge.start();
    await until(() => names.every((name) => this.simulator.person(name).subscriptions.live.length > 0));
    await this.listener.hears("weighbridge/bridge/state", "online");
    const profiles = names.map((name) => `weighbridge/people/${name.toLowerCase()}/profile`);
    await until(() => profiles.every((topic) => this.listener.lastJson(topic)?.["is_sharing"] === true));
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
}

/** The bridge is configured and not started yet. */
export async function makeHouse({
  people = [ADA],
  config = {},
  broker: ofBroker = {},
}: HouseOptions = {}): Promise<House> {
  const simulator = await startSimulator();
  const broker = await startMosquitto(ofBroker);
  const listener = await startListener(broker.url);
  const house = new House({
    simulator,
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
