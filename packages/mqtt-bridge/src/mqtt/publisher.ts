import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Outbox, OutboxRow } from "../store/store.ts";
import type { EventConnection, Handshake, Outgoing } from "./connections.ts";

const LARGEST_PACKET_ID = 65_535;

/** Follows from the row, so that the row's own commit has assigned it: no event is ever on the wire under an id that the disk does not know. */
const packetIdOf = (rowId: number): number => 1 + (rowId % LARGEST_PACKET_ID);

/** One step of an event's way, for tests that end the process there. */
export type Step = "handed" | "pubrec" | "pubrel-stored" | "pubcomp";

interface InFlight {
  readonly rowId: number;
  /** Undefined once the broker has it. */
  event: Outgoing | undefined;
}

export interface PublisherInput {
  readonly store: Outbox;
  readonly log: Log;
  readonly clock: Clock;
  connect(handshake: Handshake): EventConnection;
  /** Everything retained has to be published again. */
  onConnected(): void;
  /** The broker refused this event: it stays in the outbox and is tried again later. Told once of each. */
  onParked(event: { readonly topic: string; readonly reason: string; readonly remedy: string }): void;
  onStep?(step: Step): void;
}

/** Carries events from the outbox to the broker, each exactly once, and retained documents ahead of them. */
export class Publisher {
  readonly #input: PublisherInput;
  /** By packet id, in the order of their rows. */
  readonly #inFlight = new Map<number, InFlight>();
  /** Newest document of each topic that is not written yet. */
  readonly #documents = new Map<string, string>();
  #connection: EventConnection | undefined;
  #isReady = false;
  #isPumping = false;
  #isAskedAgain = false;
  /** False after a look at the outbox that found all of it. */
  #mayOwe = true;
  #quota: number = LIMITS.eventsInFlight;
  #handedTo = 0;
  /** Rows up to here may have been on the wire in an earlier life. */
  #oldUpTo = 0;
  /** Refusals of rows up to here are told. */
  #toldUpTo = 0;
  #lastProblem = "";
  readonly #stopping = new AbortController();

  constructor(input: PublisherInput) {
    this.#input = input;
  }

  get isConnected(): boolean {
    return this.#isReady;
  }

  async start(): Promise<void> {
    const { store, log } = this.#input;
    await store.unpark();
    this.#oldUpTo = await store.lastOutboxId();
    for (const rowId of await store.released()) this.#inFlight.set(packetIdOf(rowId), { rowId, event: undefined });
    this.#connection = this.#input.connect(this.#handshake());
    this.#retryParked().catch((error: Error) => {
      if (this.#stopping.signal.aborted) return;
      log.error("What the broker refused waits for the next start", { reason: error.message });
    });
  }

  /** Somebody may have changed the broker's rules meanwhile. */
  async #retryParked(): Promise<void> {
    const { store, clock, log } = this.#input;
    for (;;) {
      await clock.sleep(LIMITS.retryParkedMs, this.#stopping.signal);
      const lowest = await store.unpark();
      if (lowest === null) continue;
      log.info("What the broker refused is tried again");
      this.#lookAgainFrom(lowest);
    }
  }

  /** This row, and perhaps some above it, are owed although later ones were handed over. */
  #lookAgainFrom(rowId: number): void {
    this.#handedTo = Math.min(this.#handedTo, rowId - 1);
    this.pump();
  }

  /** The newest document of a topic counts; what cannot be written is published again with the next connection. */
  publishDocuments(documents: Iterable<{ readonly topic: string; readonly payload: string }>): void {
    if (!this.#isReady) return;
    for (const { topic, payload } of documents) this.#documents.set(topic, payload);
    this.#run();
  }

  /** Sends what is owed, as much as the broker takes. Call it after each commit that added events. */
  pump(): void {
    this.#mayOwe = true;
    this.#run();
  }

  #run(): void {
    if (this.#isPumping) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isPumping = true;
    this.#pumpAll().catch((error: Error) => this.#input.log.error("Publishing stopped", { reason: error.message }));
  }

  async #pumpAll(): Promise<void> {
    try {
      do {
        this.#isAskedAgain = false;
        // Who reacts to an event must find the state that it tells of.
        if (this.#isReady) await this.#writeDocuments();
        if (this.#isReady) await this.#sendEvents();
      } while (this.#isAskedAgain);
    } finally {
      this.#isPumping = false;
    }
  }

  async #writeDocuments(): Promise<void> {
    while (this.#documents.size > 0 && this.#isReady) {
      let last: Promise<void> = Promise.resolve();
      let written = 0;
      for (const [topic, payload] of this.#documents) {
        if (written >= LIMITS.documentsAtOnce) break;
        this.#documents.delete(topic);
        last = (this.#connection as EventConnection).publishDocument(topic, payload);
        written++;
      }
      // Only a long list waits for the socket: a short one is in order anyhow.
      if (this.#documents.size > 0) await last;
    }
  }

  async #sendEvents(): Promise<void> {
    const room = Math.min(this.#quota, LIMITS.eventsInFlight) - this.#inFlight.size;
    if (room <= 0 || !this.#mayOwe) return;
    const wanted = Math.min(room, LIMITS.outboxRead);
    this.#mayOwe = false;
    const rows = await this.#input.store.owed(this.#handedTo, wanted);
    if (rows.length === wanted) this.#mayOwe = true;
    for (const row of rows) {
      const flight = this.#inFlight.get(packetIdOf(row.id));
      // Handed over already, and met again after a row below it was owed once more.
      if (flight?.rowId === row.id) continue;
      // Two open rows that are as far apart as there are ids would share one.
      if (!this.#isReady || flight !== undefined) {
        this.#mayOwe = true;
        return;
      }
      this.#hand(row);
    }
  }

  #hand({ id, topic, payload }: OutboxRow): void {
    const event = { packetId: packetIdOf(id), topic, payload };
    this.#handedTo = id;
    this.#inFlight.set(event.packetId, { rowId: id, event });
    (this.#connection as EventConnection).publishEvent(event, id <= this.#oldUpTo);
    this.#input.onStep?.("handed");
  }

  #handshake(): Handshake {
    const { log, onStep } = this.#input;
    return {
      connected: (session) => this.#connected(session),
      ready: () => {
        this.#isReady = true;
        this.#lastProblem = "";
        log.info("Connected to the broker");
        this.#input.onConnected();
        this.pump();
      },
      lost: () => {
        const wasReady = this.#isReady;
        this.#isReady = false;
        this.#documents.clear();
        if (!wasReady) return;
        log.warn("Lost the broker; events wait on disk until it is back");
      },
      problem: (error) => this.#report(error),
      released: async (packetId) => {
        onStep?.("pubrec");
        const flight = this.#inFlight.get(packetId);
        if (flight?.event === undefined) return;
        flight.event = undefined;
        await this.#input.store.release(flight.rowId);
        onStep?.("pubrel-stored");
      },
      completed: (packetId) => {
        const flight = this.#inFlight.get(packetId);
        if (flight === undefined) return;
        this.#inFlight.delete(packetId);
        this.#input.store.finish(flight.rowId);
        onStep?.("pubcomp");
        this.#run();
      },
      refused: (packetId, reason) => this.#refused(packetId, reason),
      pending: () => [...this.#inFlight].map(([packetId, { event }]) => (event === undefined ? { packetId } : event)),
    };
  }

  /**
   * Where the broker lost our session, an event whose PUBREL was owed may have been forwarded or not: no protocol can tell. It is sent again,
   * since a weigh-in that arrives twice (with the same event_id) does less harm than one that never arrives.
   */
  async #connected({ isKept, quota }: { readonly isKept: boolean; readonly quota: number }): Promise<void> {
    this.#quota = quota;
    if (isKept) return;
    const doubtful = [...this.#inFlight].filter(([, { event }]) => event === undefined);
    if (doubtful.length === 0) return;
    // Forgotten before anything is waited for: a PUBREL to a broker that forgot would look like success.
    for (const [packetId] of doubtful) this.#inFlight.delete(packetId);
    await Promise.all(doubtful.map(([, { rowId }]) => this.#input.store.owe(rowId)));
    // Only now: until the rows are owed again, looking for them would pass them by.
    this.#lookAgainFrom(Math.min(...doubtful.map(([, { rowId }]) => rowId)));
    this.#input.log.warn("The broker forgot our session; events in doubt are sent again", { events: doubtful.length });
  }

  #refused(packetId: number, reason: number): void {
    const flight = this.#inFlight.get(packetId);
    if (flight === undefined) return;
    this.#inFlight.delete(packetId);
    const parked = {
      topic: flight.event?.topic ?? "",
      reason: `the broker refused it with reason 0x${reason.toString(16)}`,
      remedy: REFUSED_REMEDY,
    };
    this.#input.store.park(flight.rowId, parked.reason).catch(() => {});
    if (flight.rowId > this.#toldUpTo) {
      this.#toldUpTo = flight.rowId;
      this.#input.log.error("An event was not taken and stays here", parked);
      this.#input.onParked(parked);
    }
    this.pump();
  }

  /** A broker that is away is tried every second: it is told once. */
  #report(error: Error & { code?: string | number }): void {
    const problem = describeBrokerProblem(error);
    if (problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    this.#input.log.warn(problem);
  }

  async stop(): Promise<void> {
    this.#isReady = false;
    this.#stopping.abort();
    await this.#connection?.close();
  }

  /** Only for the last words before stopping. */
  async say(topic: string, payload: string): Promise<void> {
    if (this.#isReady) await this.#connection?.publishDocument(topic, payload);
  }
}

const REFUSED_REMEDY =
  "Let the user of mqtt.username publish to that topic, by the broker's access rules and limits; it is tried again every hour and at each start.";

const LOGIN_REFUSED =
  "The broker refused the login: check mqtt.username and mqtt.password (or mqtt.password_file), and the broker's access rules";

/** By CONNACK code, of MQTT 5 and of 3.1.1, or system error. Brokers mix up "bad password" and "not allowed". */
const PROBLEMS: Readonly<Record<string, string>> = {
  134: LOGIN_REFUSED,
  135: LOGIN_REFUSED,
  4: LOGIN_REFUSED,
  5: LOGIN_REFUSED,
  ECONNREFUSED: "No broker answers at mqtt.url; events wait on disk until it does",
  ENOTFOUND: "The host in mqtt.url is not known: check its name",
};

function describeBrokerProblem({ code, message }: Error & { code?: string | number }): string {
  return PROBLEMS[String(code)] ?? `The broker cannot be reached: ${message || code}`;
}
