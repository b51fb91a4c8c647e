import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Message, Outbox, OutboxRow } from "../store/store.ts";
import { type Session, sizeOfPublish } from "./broker.ts";
import { reasonOf, TAKEN_OVER } from "./endings.ts";
import type { EventConnection, Handshake } from "./event-connection.ts";
import { EventHold } from "./event-hold.ts";
import { packetIdOf } from "./packet-ids.ts";
import { LOW_QOS, ONE_STEP, REFUSED_REMEDY, TOO_LARGE_REMEDY } from "./publisher-words.ts";

/** One step of an event's way, for tests that end the process there. */
export type Step = "handed" | "pubrec" | "pubrel-stored" | "pubcomp";

interface InFlight {
  readonly rowId: number;
  readonly topic: string;
  /** It may have been on the wire before. */
  readonly isRepeat: boolean;
  /** Settles when PUBREL may go: the broker has answered every document that was written before, and the row's release, once begun, is on disk. */
  mayRelease: Promise<unknown>;
  /** The broker has it; from here on only PUBREL is sent. */
  isReleased: boolean;
}

export interface PublisherInput {
  readonly store: Outbox;
  readonly log: Log;
  readonly clock: Clock;
  /** After an outage events wait this long at most for `releaseEvents`: subscribers without a session come back later than this bridge. */
  readonly holdMs: number;
  connect(handshake: Handshake): EventConnection;
  /** Everything retained has to be published again. */
  onConnected(): void;
  /** The broker refused this event: it stays in the outbox and is tried again later. Called once for each. */
  onParked(event: { readonly topic: string; readonly reason: string; readonly remedy: string }): void;
  /** The broker refused a retained document. */
  onDocumentRefused?(topic: string, reason: number): void;
  onStep?(step: Step): void;
}

type Phase = "away" | "documents" | "answers" | "releasing" | "ready";

/** Publishes events from the outbox, each exactly once, and retained documents ahead of them. */
export class Publisher {
  readonly #input: PublisherInput;
  /** By packet id, in the order of their rows. */
  readonly #inFlight = new Map<number, InFlight>();
  /** Newest document of each topic that is not written yet, in the order in which they became due. */
  readonly #documents = new Map<string, string>();
  /** Rows that were read and are not handed over yet. */
  #rows: readonly OutboxRow[] = [];
  /** How many of `#documents`, from the first, were due when `#rows` were read: only these go before the rows, or a steady stream would hold events back for ever. */
  #ahead = 0;
  /** Documents on the wire; each settles when the broker has answered or the connection is over. */
  readonly #unanswered = new Set<Promise<void>>();
  /** Of the document that was written last: brokers answer in the order of writing, so that it settles after all before it. */
  #lastDocument: Promise<void> = Promise.resolve();
  #connection: EventConnection | undefined;
  /** Undefined while there is no connection. */
  #session: Session | undefined;
  /** `documents`: only these may go. `answers`: the broker has to take them first; more wait, or they would never end. `releasing`: PUBRELs alone. */
  #phase: Phase = "away";
  #onDocumentsTaken: (() => void) | undefined;
  #isPumping = false;
  #isAskedAgain = false;
  /** False once a read found no more owed rows. */
  #mayHaveMore = true;
  #handedTo = 0;
  /** Highest row that was ever handed over. */
  #highestHanded = 0;
  /** Grows when rows below `handedTo` are owed again: a read that began before is of no use. */
  #rewinds = 0;
  /** Rows up to here may have been on the wire before. */
  #oldUpTo = 0;
  /** Refusals of rows up to here are reported. */
  #reportedUpTo = 0;
  #mustForget = false;
  readonly #hold: EventHold;
  #said = new Set<string>();
  readonly #stopping = new AbortController();

  constructor(input: PublisherInput) {
    this.#input = input;
    const { clock, holdMs } = input;
    this.#hold = new EventHold({ clock, holdMs, stopping: this.#stopping.signal, onEnd: () => this.pump() });
  }

  /** Documents and events can be published. */
  get isConnected(): boolean {
    return this.#phase !== "away";
  }

  async start(): Promise<void> {
    const { store, log } = this.#input;
    await store.unpark();
    this.#oldUpTo = await store.lastOutboxId();
    // Nothing is in flight: a session of this client id that the broker still keeps is of another database.
    this.#mustForget = this.#oldUpTo === 0;
    const released = { topic: "", isRepeat: true, isReleased: true, mayRelease: Promise.resolve() };
    for (const rowId of await store.released()) this.#inFlight.set(packetIdOf(rowId), { rowId, ...released });
    this.#connection = this.#input.connect(this.#handshake());
    this.#retryParked().catch((error: Error) => {
      if (this.#stopping.signal.aborted) return;
      log.error("The broker's refusals are not tried again before the next start", { reason: error.message });
    });
  }

  /** The broker's rules may have changed meanwhile. */
  async #retryParked(): Promise<void> {
    const { store, clock, log } = this.#input;
    for (;;) {
      await clock.sleep(LIMITS.retryParkedMs, this.#stopping.signal);
      const lowest = await store.unpark();
      if (lowest === null) continue;
      log.info("Events that the broker refused are tried again");
      this.#rewindTo(lowest);
      this.pump();
    }
  }

  /** This row, and perhaps some above it, are owed although later ones were handed over. */
  #rewindTo(rowId: number): void {
    this.#handedTo = Math.min(this.#handedTo, rowId - 1);
    this.#rows = [];
    this.#rewinds++;
    this.#mayHaveMore = true;
  }

  /** The newest document of a topic counts; what cannot be written is published again with the next connection. */
  publishDocuments(documents: Iterable<Message>): void {
    if (this.#phase === "away") return;
    for (const { topic, payload } of documents) this.#documents.set(topic, payload);
    this.#run();
  }

  /** Sends what is owed, as much as the broker takes. Call it after each commit that added events. */
  pump(): void {
    this.#mayHaveMore = true;
    this.#run();
  }

  /** Lets go of what is held after an outage: the subscriber that it waited for is back. */
  releaseEvents(): void {
    this.#hold.end();
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
        if (this.#rows.length === 0) await this.#readOwed();
        this.#writeDocuments(this.#ahead);
        if (this.#ahead > 0) continue;
        if (this.#phase === "documents") this.#phase = "answers";
        // A subscriber that reacts to an event must find the state that the event belongs to. Brokers keep no order between messages of
        // different QoS, so that only PUBACK says that it is there. A QoS 2 event goes out at once, since the broker forwards it at PUBREL, which
        // waits for that; with less, the broker forwards it at PUBLISH.
        if (this.#rows.length > 0 && this.#session?.maximumQos !== 2) await this.#lastDocument;
        if (this.#phase === "answers" && this.#unanswered.size === 0) this.#onDocumentsTaken?.();
        this.#handAll();
        this.#writeDocuments(this.#documents.size);
      } while (this.#isAskedAgain);
    } finally {
      this.#isPumping = false;
    }
  }

  get #room(): number {
    const quota = Math.min(this.#session?.quota ?? 0, LIMITS.eventsInFlight);
    // PUBRELs of an earlier connection are sent one by one, and take no place of this one.
    return quota - this.#unanswered.size - (this.#phase === "ready" ? this.#inFlight.size : 0);
  }

  #writeDocuments(most: number): void {
    if (this.#phase !== "documents" && this.#phase !== "ready") return;
    let left = most;
    for (const [topic, payload] of this.#documents) {
      if (left-- === 0 || this.#room <= 0) return;
      this.#documents.delete(topic);
      this.#ahead = Math.max(0, this.#ahead - 1);
      this.#writeDocument({ topic, payload });
    }
  }

  #writeDocument(document: Message): void {
    const { topic, payload } = document;
    if (this.#isTooLarge(document))
      return this.#sayOnce(`A retained topic is larger than the broker takes and is left out: ${topic}`, {
        bytes: sizeOfPublish(document),
        limit: this.#session?.maximumPacketSize,
        remedy: TOO_LARGE_REMEDY,
      });
    const answer = (this.#connection as EventConnection)
      .publishDocument(topic, payload)
      .catch((error: unknown) => {
        const reason = reasonOf(error);
        if (reason !== undefined) this.#input.onDocumentRefused?.(topic, reason);
      })
      .then(() => {
        this.#unanswered.delete(answer);
        this.#run();
      });
    this.#unanswered.add(answer);
    this.#lastDocument = answer;
  }

  #isTooLarge(message: Message): boolean {
    return sizeOfPublish(message) > (this.#session?.maximumPacketSize ?? 0);
  }

  async #readOwed(): Promise<void> {
    if (this.#phase !== "ready" || this.#hold.isOn || this.#room <= 0 || !this.#mayHaveMore) return;
    const rewinds = this.#rewinds;
    // Those are read again where a row below them is owed once more. They may be complete before the others are handed over.
    const flying = new Set([...this.#inFlight.values()].map(({ rowId }) => rowId));
    const wanted = Math.min(this.#room, LIMITS.outboxRead);
    this.#mayHaveMore = false;
    const rows = await this.#input.store.owed(this.#handedTo, wanted);
    if (rows.length === wanted) this.#mayHaveMore = true;
    if (rewinds !== this.#rewinds || this.#phase !== "ready") {
      this.#mayHaveMore = true;
      return;
    }
    this.#rows = rows.filter(({ id }) => !flying.has(id));
    if (rows.length > 0) this.#ahead = this.#documents.size;
  }

  #handAll(): void {
    for (const [index, row] of this.#rows.entries()) {
      // Two open rows that are as far apart as there are ids would share one.
      if (this.#phase !== "ready" || this.#room <= 0 || this.#inFlight.has(packetIdOf(row.id))) {
        this.#rows = this.#rows.slice(index);
        return;
      }
      this.#hand(row);
    }
    this.#rows = [];
  }

  #hand({ id, topic, payload }: OutboxRow): void {
    this.#handedTo = id;
    this.#highestHanded = Math.max(this.#highestHanded, id);
    if (this.#isTooLarge({ topic, payload })) {
      const { maximumPacketSize } = this.#session as Session;
      const reason = `it has ${sizeOfPublish({ topic, payload })} bytes, and the broker takes ${maximumPacketSize}`;
      return this.#park(id, { topic, reason, remedy: TOO_LARGE_REMEDY });
    }
    const packetId = packetIdOf(id);
    const isRepeat = id <= this.#oldUpTo;
    this.#inFlight.set(packetId, { rowId: id, topic, isRepeat, mayRelease: this.#lastDocument, isReleased: false });
    (this.#connection as EventConnection).publishEvent({ packetId, topic, payload }, isRepeat);
    this.#input.onStep?.("handed");
  }

  #handshake(): Handshake {
    const { log, onStep } = this.#input;
    return {
      mustForget: () => this.#mustForget,
      forgotten: () => {
        this.#mustForget = false;
      },
      connected: (session) => this.#connected(session),
      ready: () => {
        this.#phase = "ready";
        this.pump();
      },
      lost: (reason) => {
        this.#phase = "away";
        this.#session = undefined;
        this.#documents.clear();
        this.#rows = [];
        this.#ahead = 0;
        this.#mayHaveMore = true;
        // Messages that the other program has in flight under our packet ids must not be released in our name.
        if (reason === TAKEN_OVER) this.#mustForget = true;
      },
      problem: ({ message, remedy, isFallback }) => log[isFallback ? "info" : "warn"](message, { remedy }),
      good: () => log.info("Connected to the broker"),
      isRepeat: (packetId) => this.#inFlight.get(packetId)?.isRepeat === true,
      released: async (packetId) => {
        onStep?.("pubrec");
        const flight = this.#inFlight.get(packetId);
        if (flight === undefined) return;
        if (!flight.isReleased) {
          flight.isReleased = true;
          flight.mayRelease = Promise.all([this.#input.store.release(flight.rowId), flight.mayRelease]);
        }
        // A second PUBREC waits, too: its PUBREL would be ahead of the disk.
        await flight.mayRelease;
        onStep?.("pubrel-stored");
      },
      acknowledged: (packetId) => {
        if (this.#session?.maximumQos === 2) this.#sayOnce(ONE_STEP);
        this.#completed(packetId);
      },
      completed: (packetId) => this.#completed(packetId),
      refused: (packetId, reason) => this.#refused(packetId, reason),
      releases: () => [...this.#inFlight].filter(([, { isReleased }]) => isReleased).map(([packetId]) => packetId),
    };
  }

  /**
   * Requeues what was in flight. Where the broker lost our session, an event whose PUBREL was owed may have been forwarded or not: no
   * protocol can tell. It is sent again, since a weigh-in that arrives twice (with the same event_id) does less harm than one that never arrives.
   */
  async #connected(session: Session): Promise<void> {
    this.#session = session;
    // A process that was frozen may not know yet that another one publishes in its place.
    await this.#input.store.confirm();
    if (this.#session !== session) return new Promise(() => {});
    this.#phase = "documents" as Phase; // Not narrowed: it moves on while answers are awaited.
    this.#hold.connected();
    this.#reportLimits(session);
    const doubtful = session.isKept ? [] : [...this.#inFlight.values()].filter(({ isReleased }) => isReleased);
    const again = [...this.#inFlight].filter(([, { isReleased }]) => !isReleased || !session.isKept);
    // Forgotten before anything is waited for: a PUBREL to a broker that forgot would look like success.
    for (const [packetId] of again) this.#inFlight.delete(packetId);
    this.#oldUpTo = Math.max(this.#oldUpTo, this.#highestHanded);
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    this.#onDocumentsTaken = resolve;
    this.#input.onConnected();
    this.#ahead = this.#documents.size;
    this.#run();
    await Promise.all(doubtful.map(({ rowId }) => this.#input.store.requeue(rowId)));
    // Only now: until the rows are requeued, a read would pass them by.
    for (const [, { rowId }] of again) this.#rewindTo(rowId);
    if (doubtful.length > 0)
      this.#input.log.warn("The broker forgot our session; events in doubt are sent again", {
        events: doubtful.length,
      });
    // A release that is still on its way to the disk: a PUBREL before it would be unknown to a restart.
    await Promise.all([taken, ...[...this.#inFlight.values()].map(({ mayRelease }) => mayRelease)]);
    if (this.#session === session && this.#phase === "answers") this.#phase = "releasing";
  }

  #reportLimits({ maximumQos, canRetain }: Session): void {
    if (maximumQos < 2) this.#sayOnce(LOW_QOS, { maximum_qos: maximumQos, remedy: "Allow QoS 2 at the broker." });
    if (!canRetain)
      this.#sayOnce("The broker keeps no retained messages: a later subscriber sees no state until it changes", {
        remedy: "Allow retained messages at the broker.",
      });
  }

  #completed(packetId: number): void {
    const flight = this.#inFlight.get(packetId);
    if (flight === undefined) return;
    this.#inFlight.delete(packetId);
    this.#input.store.finish(flight.rowId);
    this.#input.onStep?.("pubcomp");
    this.#run();
  }

  #refused(packetId: number, code: number): void {
    const flight = this.#inFlight.get(packetId);
    // An event that the broker has cannot be refused any more.
    if (flight === undefined || flight.isReleased) return;
    this.#inFlight.delete(packetId);
    const reason = `the broker refused it with reason 0x${code.toString(16)}`;
    this.#park(flight.rowId, { topic: flight.topic, reason, remedy: REFUSED_REMEDY });
    this.pump();
  }

  #park(rowId: number, parked: { readonly topic: string; readonly reason: string; readonly remedy: string }): void {
    this.#input.store.park(rowId, parked.reason).catch(() => {});
    if (rowId <= this.#reportedUpTo) return;
    this.#reportedUpTo = rowId;
    this.#input.log.error("The broker refused an event; it is kept and tried again every hour", parked);
    this.#input.onParked(parked);
  }

  #sayOnce(message: string, fields: Parameters<Log["warn"]>[1] = {}): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#input.log.warn(message, fields);
  }

  async stop(): Promise<void> {
    this.#phase = "away";
    this.#stopping.abort();
    await this.#connection?.close();
  }

  /** For the last document before stopping; waits for the broker's answer, but not for long. */
  async publishLast(topic: string, payload: string): Promise<void> {
    if (this.#phase !== "ready") return;
    const published = this.#connection?.publishDocument(topic, payload).catch(() => {});
    await Promise.race([published, this.#input.clock.sleep(LIMITS.mqttLastMs, this.#stopping.signal).catch(() => {})]);
  }
}
