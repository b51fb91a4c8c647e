import { subscribe } from "node:diagnostics_channel";
import { type Clock, systemClock } from "@weighbridge/core";
import type { ManualClock } from "@weighbridge/core/testing";
import type { Person, RegisteredApplication, Simulator } from "@weighbridge/simulator";
import { type Broker, freePort, keptLog, type Subscriber, simulate, startBroker, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished } from "vitest";
import { Bridge } from "../../src/bridge.ts";
import { configSchema } from "../../src/config/schema.ts";
import { openGrants } from "../../src/grants/grants.ts";
import { LIMITS } from "../../src/limits.ts";

export interface House {
  readonly sim: Simulator;
  readonly app: RegisteredApplication;
  readonly broker: Broker;
  readonly subscriber: Subscriber;
  readonly log: ReturnType<typeof keptLog>;
  readonly newcomers: string[];
  readonly directory: string;
  /** Of the service, epoch milliseconds. */
  readonly startedAt: number;
  /** `clock`: the bridge's, from which the tokens' time runs. */
  consents(person: Person, clock?: Clock): Promise<void>;
  start(more?: {
    clock?: Clock;
    people?: object[];
    accounts?: object[];
    callback?: boolean;
    timing?: object;
    homeAssistant?: object;
  }): Promise<Bridge>;
  on(topic: string): string[];
  last(topic: string): Record<string, unknown>;
  until(topic: string, words: string): Promise<void>;
}

/** A household of its own; `beside`: another one, whose service and application it shares. */
export async function house(beside?: Pick<House, "sim" | "app">): Promise<House> {
  const sim = beside?.sim ?? (await simulate());
  const app = beside?.app ?? sim.application({ clientId: "client", clientSecret: "s3cr3t-of-the-application" });
  const broker = await startBroker();
  const subscriber = await broker.subscribe("weighbridge/#");
  const log = keptLog();
  const newcomers: string[] = [];
  const directory = stateDir();
  const on = (topic: string) => subscriber.on(`weighbridge/${topic}`);
  return {
    ...{ sim, app, broker, subscriber, log, newcomers, directory, on, startedAt: sim.clock.now() },
    async consents(person, clock = systemClock) {
      const { accessToken, refreshToken, userId } = app.authorizes(person);
      const tokens = openGrants(directory, systemClock);
      const slug = person.name.toLowerCase();
      const now = Math.floor(clock.now() / 1000);
      await tokens.write(slug, {
        ...{ userId: String(userId), clientId: "client", accessToken, refreshToken, scope: "user.info,user.metrics" },
        ...{
          accessEndsAt: now + 10_800,
          refreshIssuedAt: now,
          revision: ((await tokens.read(slug))?.revision ?? 0) + 1,
        },
      });
    },
    async start({
      clock = systemClock,
      people = [{ slug: "ada", name: "Ada" }],
      accounts,
      callback = true,
      timing = {},
      homeAssistant = {},
    } = {}) {
      const port = await freePort();
      const home = { id: "home", generation: "public", base_url: sim.url, client_id: "client" };
      const bridge = new Bridge({
        config: configSchema.parse({
          state_dir: directory,
          accounts: accounts ?? [{ ...home, client_secret: "s3cr3t-of-the-application" }],
          mqtt: { url: broker.url },
          callback: { ...(callback && { public_url: `http://127.0.0.1:${port}` }), host: "127.0.0.1", port },
          admin: { port: 0 },
          timing: { coalesce_s: 0, ...timing },
          home_assistant: { hold_s: 0, ...homeAssistant },
          people,
        }),
        log,
        version: "0.0.0",
        clock,
        onFatal: (error) => log.error(String(error)),
        onNewPerson: (slug) => newcomers.push(slug),
      });
      onTestFinished(() => bridge.stop());
      await bridge.start();
      return bridge;
    },
    last: (topic) => JSON.parse(on(topic).at(-1) ?? "{}"),
    until: (topic, words) => subscriber.until(() => on(topic).some((text) => text.includes(words))),
  };
}

/** Calls of this process that have no answer yet. */
const calling = new Set<object>();
subscribe("http.client.request.start", (call) => calling.add((call as { request: object }).request));
for (const ending of ["http.client.response.finish", "http.client.request.error"])
  subscribe(ending, (call) => calling.delete((call as { request: object }).request));

/**
 * Moves the clocks of the bridge and of the service until something is so. They stand still while a call is on its way: on a slow machine
 * it would time out by them.
 */
export async function moving(
  { sim }: House,
  clock: ManualClock,
  isSo: () => boolean,
  stepMs: number = LIMITS.grantsLookedAtMs,
): Promise<void> {
  await expect
    .poll(
      async () => {
        if (calling.size > 0) return isSo();
        sim.clock.advance(stepMs);
        await clock.advance(stepMs);
        return isSo();
      },
      { timeout: 15_000, interval: 2 },
    )
    .toBe(true);
}
