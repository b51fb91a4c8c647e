import type { Clock } from "@weighbridge/core/clock";
import type { ApplicationDetails } from "./applications/application.ts";
import type { MovableClock } from "./clock.ts";
import type { FaultFilter, FaultHandle, FaultKind } from "./faults.ts";
import type { LogEntry } from "./log.ts";
import type { Person, PersonDetails } from "./person.ts";
import { type RegisteredApplication, registered } from "./public/registered.ts";
import { close, listen, serve } from "./server.ts";
import { World } from "./world.ts";

export interface SimulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly clock?: Clock;
  /** Most groups in one answer of getmeas. */
  readonly pageSize?: number;
}

/** A running double of the API. */
export interface Simulator {
  /** The API's base URL. */
  readonly url: string;
  /** The page with the virtual scale. */
  readonly pageUrl: string;
  readonly clock: MovableClock;
  readonly people: readonly Person[];
  /** Everything that was called, called back and done; bounded, newest last. */
  readonly log: readonly LogEntry[];
  /** Creates the person, or gives the one of this name. */
  person(name: string, details?: PersonDetails): Person;
  /** Registers an application at today's API. */
  application(details?: ApplicationDetails): RegisteredApplication;
  fail(kind: FaultKind, filter?: FaultFilter): FaultHandle;
  /** Ends all faults. */
  heal(): void;
  /** Hears every new entry of the log; gives a function that stops it. */
  listen(listener: (entry: LogEntry) => void): () => void;
  /** Resolves when no notification is under way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a strict double of the API on a port of its own. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = "127.0.0.1", clock, pageSize } = options;
  const world = new World(clock, pageSize);
  const server = serve(world);
  const url = `http://${host}:${await listen(server, port, host)}/`;
  return {
    url,
    pageUrl: url,
    clock: world.clock,
    get people() {
      return world.people;
    },
    get log() {
      return world.log.entries;
    },
    person: (name, details) => world.person(name, details),
    application: (details) => registered(world.application(details), world),
    fail: (kind, filter) => world.faults.add(kind, filter),
    heal: () => world.faults.clear(),
    listen(listener) {
      const stop = world.log.listen(listener);
      if (stop === undefined) throw new Error("too many listeners");
      return stop;
    },
    settled: () => world.deliveries.settled(),
    async stop() {
      world.deliveries.stop();
      await close(server);
    },
  };
}
