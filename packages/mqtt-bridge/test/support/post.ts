import { type Clock, systemClock } from "@weighbridge/core";
import type { ManualClock } from "@weighbridge/core/testing";
import { keptLog, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import type { VersionChoice } from "../../src/mqtt/broker.ts";
import { connectForEvents } from "../../src/mqtt/event-connection.ts";
import { Publisher, type PublisherInput } from "../../src/mqtt/publisher.ts";
import type { Store } from "../../src/store/store.ts";
import { changeOf } from "./changes.ts";
import { openStore } from "./open-store.ts";

export const TOPIC = "weighbridge/people/ada/weigh_in";
const CLIENT = "weighbridge-test";

const WILL = { topic: "w", payload: "offline" };

interface PostOptions {
  readonly onConnected?: (publisher: Publisher) => void;
  readonly clock?: Clock;
  readonly version?: VersionChoice;
  readonly holdMs?: number;
}

interface Post {
  readonly publisher: Publisher;
  readonly log: ReturnType<typeof keptLog>;
  readonly refused: string[];
  readonly parked: Parameters<PublisherInput["onParked"]>[0][];
  connections: number;
}

/** A publisher at a broker, over an outbox. */
export async function post(
  url: string,
  store: Store,
  { onConnected, clock = systemClock, version = "auto", holdMs = 0 }: PostOptions = {},
): Promise<Post> {
  const log = keptLog();
  const parked: Post["parked"] = [];
  const publisher: Publisher = new Publisher({
    store,
    log,
    clock,
    holdMs,
    connect: (handshake) =>
      connectForEvents({ broker: { url, version }, clientId: CLIENT, will: WILL, clock, handshake }),
    onConnected: () => {
      made.connections++;
      onConnected?.(publisher);
    },
    onParked: (row) => parked.push(row),
    onDocumentRefused: (topic, reason) => made.refused.push(`${topic} 0x${reason.toString(16)}`),
  });
  const made: Post = { publisher, log, parked, refused: [], connections: 0 };
  onTestFinished(() => publisher.stop());
  await publisher.start();
  return made;
}

/** Puts events into the outbox, as a sync does. */
export async function outbox(directory = stateDir()) {
  const { store } = openStore(directory, systemClock);
  const [known] = await store.people();
  const { id } = known ?? (await store.addPerson("wbs:1", 0));
  const add = (...messages: (string | { topic: string; payload: string })[]) =>
    store.commitSync(id, {
      change: changeOf([]),
      messages: messages.map((message) => (typeof message === "string" ? { topic: TOPIC, payload: message } : message)),
      isStateChanged: false,
    });
  return { store, add, directory };
}

/** Moves the clock, by steps in which a connection can be made, until the test is true. */
export async function waitedFor(clock: ManualClock, test: () => boolean, timeout = 5_000): Promise<void> {
  await expect
    .poll(
      async () => {
        if (!test()) await clock.advance(LIMITS.mqttRetryMs);
        return test();
      },
      { timeout, interval: 20 },
    )
    .toBe(true);
}
