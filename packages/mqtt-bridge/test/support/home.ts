import { type Clock, systemClock } from "@weighbridge/core";
import { type Simulator, startSimulator } from "@weighbridge/simulator";
import { type Broker, freePort, keptLog, type Subscriber, startBroker, stateDir } from "@weighbridge/testing";
import { onTestFinished } from "vitest";
import { Bridge } from "../../src/bridge.ts";
import { configSchema } from "../../src/config/schema.ts";
import type { Log } from "../../src/log.ts";

export const EVENTS = "weighbridge/people/ada/weigh_in";

interface HomeSettings {
  readonly clock?: Clock;
  readonly callback?: boolean;
  /** False: Ada is not in the configuration. */
  readonly isAdaWatched?: boolean;
  readonly discovery?: "device" | "components";
  readonly clientId?: string;
  /** Keys of `admin`; its port is any that is free. */
  readonly admin?: object;
  /** In place of the home's own. */
  readonly log?: Log;
  /** In place of the simulator: a server that stands before it. */
  readonly apiUrl?: string;
  /** In place of the home's own broker. */
  readonly brokerUrl?: string;
}

export interface Home {
  readonly simulator: Simulator;
  readonly broker: Broker;
  readonly subscriber: Subscriber;
  readonly ada: ReturnType<Simulator["person"]>;
  readonly log: ReturnType<typeof keptLog>;
  start(more?: HomeSettings): Promise<Bridge>;
  events(): Record<string, unknown>[];
  state(): Record<string, unknown>;
}

/** A simulated cloud, a real broker with a subscriber, and a bridge that can be started more than once. */
export async function home({ isBrokerUp = true } = {}): Promise<Home> {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.stop());
  const broker = await startBroker();
  const subscriber = await broker.subscribe("weighbridge/#");
  if (!isBrokerUp) await broker.goAway();
  const ada = simulator.person("Ada");
  ada.setsHeight(1.68, simulator.clock.seconds() - 86_400);
  const log = keptLog();
  const directory = stateDir();
  return {
    simulator,
    broker,
    subscriber,
    ada,
    log,
    async start({
      clock = systemClock,
      callback = true,
      isAdaWatched = true,
      discovery = "device",
      clientId,
      admin = {},
      log: otherLog = log,
      apiUrl,
      brokerUrl = broker.url,
    } = {}) {
      const port = await freePort();
      const reachable = callback ? { public_url: `http://127.0.0.1:${port}` } : {};
      const bridge = new Bridge({
        config: configSchema.parse({
          state_dir: directory,
          api: { base_url: apiUrl ?? simulator.url, calls_per_minute: 10_000 },
          mqtt: { url: brokerUrl, client_id: clientId },
          callback: { ...reachable, host: "127.0.0.1", port },
          admin: { port: 0, ...admin },
          timing: { coalesce_s: 0, repeat_call_s: 0 },
          home_assistant: { discovery, hold_s: 0 },
          people: isAdaWatched ? [{ slug: "ada", name: "Ada", userid: ada.userId, publickey: ada.publicKey }] : [],
        }),
        log: otherLog,
        version: "0.0.0",
        clock,
        onFatal: (error) => log.error(String(error)),
      });
      // A test may stop it earlier; stopping twice does nothing.
      onTestFinished(() => bridge.stop());
      await bridge.start();
      return bridge;
    },
    events: () => subscriber.on(EVENTS).map((payload) => JSON.parse(payload)),
    state: () => JSON.parse(subscriber.on("weighbridge/people/ada/state").at(-1) ?? "{}"),
  };
}

/** The first look at everything is over, and the subscription stands: what comes now is news. */
export const settledFor = async ({ subscriber }: Home) => {
  const told = (document: string, words: string) =>
    subscriber.until(() => subscriber.on(`weighbridge/people/ada/${document}`).some((text) => text.includes(words)));
  await told("profile", "Example");
  await told("subscription", '"active"');
};
