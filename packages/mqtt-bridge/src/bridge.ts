import { randomBytes } from "node:crypto";
import {
  Application,
  type Clock,
  createWbsClient,
  DOCUMENT_SCHEMA,
  isoTime,
  type SubscriptionReport,
  systemClock,
  type WbsClient,
} from "@weighbridge/core";
import { fullCallbackUrl } from "./config/callback-url.ts";
import type { Config } from "./config/schema.ts";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { BridgeEvent } from "./messages/bridge-documents.ts";
import { eventMessage, messageOn } from "./messages/documents.ts";
import { answerRequest, COMMAND_NAMES, sendAnswer } from "./messages/requests.ts";
import { type Topics, topicsBelow } from "./messages/topics.ts";
import { AccessCheck } from "./mqtt/access-check.ts";
import { brokerOf } from "./mqtt/broker-of.ts";
import { type ControlConnection, connectForControl, type Incoming } from "./mqtt/control-connection.ts";
import { connectForEvents } from "./mqtt/event-connection.ts";
import { Publisher, type Step as PublisherStep } from "./mqtt/publisher.ts";
import { RetainedDocuments } from "./mqtt/retained-documents.ts";
import { StateGuard } from "./mqtt/state-guard.ts";
import { gatherStored, Household, type Resident } from "./people/people.ts";
import { requestHandlers } from "./people/request-handlers.ts";
import { Syncer } from "./people/syncer.ts";
import { Worker, type WorkerTiming } from "./people/worker.ts";
import { Receiver } from "./receiver/receiver.ts";
import { Stack } from "./stack.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import type { Store, StoredPerson } from "./store/store.ts";

const SUBSCRIPTION_COMMENT = "Weighbridge: tells your home when you weigh in";

/** The steps of a weigh-in's way through the bridge. */
export type Step = PublisherStep | "inbox" | "answered" | "committed";

export interface BridgeOptions {
  readonly config: Config;
  readonly log: Log;
  readonly version: string;
  readonly clock?: Clock;
  /** The disk failed: the process must end, and a restart goes on from what is stored. */
  onFatal(error: unknown): void;
  /** Connected, with everything retained on its way. */
  onOnline?(): void;
  /** Told at each step; a test may end the process there. */
  onStep?(step: Step): void;
}

/** Makes all parts, starts them in order, and stops them in reverse. */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #clock: Clock;
  readonly #topics: Topics;
  readonly #stack = new Stack();
  #store!: Store;
  #household!: Household;
  #worker!: Worker;
  #publisher!: Publisher;
  #retained!: RetainedDocuments;
  #accessCheck!: AccessCheck;
  #stateGuard!: StateGuard;
  #control: ControlConnection | undefined;
  #callbackUrl: string | undefined;
  #clientId!: string;
  #isInfoDue = false;
  readonly #stopping = new AbortController();

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#topics = topicsBelow(options.config.mqtt.base_topic);
  }

  /** With its secret; undefined where the bridge only polls. */
  get callbackUrl(): string | undefined {
    return this.#callbackUrl;
  }

  /** Neither broker nor API need be there. Throws a StoreError, or the system's error where it cannot listen. */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.#stack.stop().catch(() => {});
      throw error;
    }
  }

  /** Throws a StopError that holds every failure. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#stack.stop();
  }

  async #start(): Promise<void> {
    const { config, log, onFatal } = this.#options;
    this.#store = openSqliteStore({
      directory: config.state_dir,
      clock: this.#clock,
      onFailure: onFatal,
      hasThread: true,
      onWarning: (words, facts) => log.warn(words, facts),
    });
    this.#stack.add(() => this.#store.close());
    const secret = await this.#store.setting("callback_secret", () => randomBytes(16).toString("base64url"));
    this.#callbackUrl = fullCallbackUrl(config, secret);
    await this.#makeHousehold();
    // With the second connection's -c it has 23 characters: no broker takes fewer.
    const ownId = await this.#store.setting("client_id", () => `weighbridge${randomBytes(5).toString("hex")}`);
    this.#clientId = config.mqtt.client_id ?? ownId;
    this.#makePublisher();
    await this.#retained.start();
    await this.#publisher.start();
    this.#stack.add(() => this.#publisher.stop());
    this.#stack.add(() => this.#publisher.publishLast(this.#topics.bridgeState, "offline"));
    this.#control = this.#connectControl();
    this.#stack.add(() => this.#control?.close());
    this.#stack.add(() => this.#retained.stop());
    this.#stack.add(() => this.#stateGuard.stop());
    // The API calls the URL when it subscribes: the receiver must listen first.
    await this.#receive(secret);
    await this.#worker.start(this.#household.residents.map(({ config: { slug }, syncer }) => ({ slug, syncer })));
    this.#stack.add(() => this.#worker.stop());
    log.info("Started", { people: config.people.length, callback: this.#callbackUrl !== undefined });
  }

  async #makeHousehold(): Promise<void> {
    const { config, version } = this.#options;
    const client = this.#client();
    const people = config.people.map((person) => ({
      config: person,
      api: client.person({ userId: person.userid, publicKey: person.publickey }),
    }));
    const now = Math.floor(this.#clock.now() / 1000);
    const stored = await gatherStored(people, this.#store, now, (person) => this.#tellRemoved(person));
    const residents = people.map((person, index) => {
      const resident: Resident = { ...person, syncer: this.#syncer(person, stored[index] as (typeof stored)[number]) };
      return resident;
    });
    this.#worker = new Worker({
      store: this.#store,
      clock: this.#clock,
      log: this.#options.log,
      timing: timingOf(config),
      callback: this.#callbackUrl === undefined ? null : { url: this.#callbackUrl, comment: SUBSCRIPTION_COMMENT },
      onProblem: (personId) => this.#tellStanding(personId),
      onSubscription: (...report) => this.#subscriptionChecked(...report),
    });
    this.#household = new Household({
      config,
      version,
      residents,
      problemOf: (personId) => this.#worker.problemOf(personId),
      nextPollAt: (personId) => this.#worker.statusOf(personId)?.nextPollAt ?? null,
    });
  }

  #client(): WbsClient {
    const { config, version, log } = this.#options;
    const { base_url: baseUrl, method, timeout_s: timeoutS, calls_per_minute: callsPerMinute } = config.api;
    const repeatCallMs = Math.round(config.timing.repeat_call_s * 1000);
    return createWbsClient({
      baseUrl,
      method,
      timeoutMs: timeoutS * 1000,
      application: new Application({ clock: this.#clock, callsPerMinute, repeatCallMs }),
      clock: this.#clock,
      userAgent: `weighbridge/${version}`,
      onUnknown: ({ kind, code }) => {
        log.warn("The API sent a code that is not known yet; it is passed through", { kind, code });
        this.#warn({ event: "unknown_code", kind, code });
      },
      onSkipped: (skipped) => {
        log.warn("The API sent measurements that cannot be read; they are left out, the others count", { ...skipped });
        this.#household.unreadableFields += 1;
        this.#warn({ event: "group_skipped", ...skipped });
      },
      // Each call moves a next poll: publish bridge/info again.
      onCall: () => this.#publishInfoSoon(),
    });
  }

  #syncer({ config, api }: Omit<Resident, "syncer">, stored: Syncer["stored"]): Syncer {
    let seen = stored.seen.length;
    return new Syncer({
      // Without a callback nobody is notified, whatever was subscribed before.
      stored: this.#callbackUrl === undefined ? { ...stored, subscription: null } : stored,
      settings: config,
      api,
      store: this.#store,
      clock: this.#clock,
      toMessage: (event) => eventMessage(this.#topics, config, event),
      onCommitted: () => {
        this.#options.onStep?.("committed");
        const resident = this.#household.byId(stored.id);
        this.#retained.publish(this.#household.documentsOf(resident));
        this.#publisher.pump();
        if (resident.syncer.stored.seen.length === seen) return;
        seen = resident.syncer.stored.seen.length;
        this.#retained.publishDiscoverySoon(stored.id);
        if (seen >= LIMITS.measuresAdvertised)
          this.#options.log.warn("The API names too many measures; further ones get no topic and no entity", {
            person: config.slug,
            limit: seen,
          });
      },
    });
  }

  #makePublisher(): void {
    const { config, log, onOnline, onStep } = this.#options;
    this.#publisher = new Publisher({
      store: this.#store,
      log,
      holdMs: config.home_assistant.enabled ? config.home_assistant.hold_s * 1000 : 0,
      clock: this.#clock,
      connect: (handshake) =>
        connectForEvents({
          broker: brokerOf(config),
          clientId: this.#clientId,
          will: { topic: this.#topics.bridgeState, payload: "offline" },
          clock: this.#clock,
          handshake,
        }),
      onConnected: () => {
        this.#retained.publishEverything();
        this.#publishInfoSoon();
        onOnline?.();
      },
      onDocumentRefused: (topic, reason) => this.#accessCheck.publishRefused(topic, reason),
      onParked: (parked) => this.#warn({ event: "event_parked", ...parked }),
      ...(onStep ? { onStep } : {}),
    });
    this.#retained = new RetainedDocuments({
      store: this.#store,
      clock: this.#clock,
      publisher: this.#publisher,
      control: () => this.#control,
      documents: this.#household,
      onProblem: (error) => log.warn("Retained documents were not kept up to date", { reason: String(error) }),
    });
    this.#accessCheck = new AccessCheck(log);
    this.#stateGuard = new StateGuard({
      clock: this.#clock,
      log,
      topic: this.#topics.bridgeState,
      isConnected: () => this.#publisher.isConnected,
      publish: (topic, payload) => this.#publisher.publishDocuments([{ topic, payload }]),
    });
  }

  #connectControl(): ControlConnection {
    const { config, log } = this.#options;
    const birth = config.home_assistant.enabled ? [config.home_assistant.status_topic] : [];
    return connectForControl({
      broker: brokerOf(config),
      clientId: `${this.#clientId}-c`,
      topics: [...COMMAND_NAMES.map((name) => this.#topics.request(name)), this.#topics.bridgeState, ...birth],
      clock: this.#clock,
      isBrokerThere: () => this.#publisher.isConnected,
      onConnected: () => this.#retained.tidy(),
      onDeaf: (topic, reason) => this.#accessCheck.subscribeRefused(topic, reason),
      onProblem: (reason) => log.warn("The connection for requests is lost and made again", { reason }),
      onMessage: (message) => {
        this.#hear(message).catch((error: unknown) =>
          log.warn("A request was not answered", { reason: String(error) }),
        );
      },
    });
  }

  async #hear(message: Incoming): Promise<void> {
    if (message.topic === this.#topics.bridgeState) return this.#stateGuard.seen(message.payload);
    if (message.topic === this.#options.config.home_assistant.status_topic) {
      if (message.payload !== "online") return;
      this.#retained.publishEverythingSoon();
      this.#publisher.releaseEvents();
      return;
    }
    const name = COMMAND_NAMES.find((command) => this.#topics.request(command) === message.topic);
    if (name === undefined || this.#control === undefined) return;
    const handlers = requestHandlers({
      household: this.#household,
      worker: this.#worker,
      store: this.#store,
      retained: this.#retained,
      hasCallback: this.#callbackUrl !== undefined,
    });
    const answer = await answerRequest(name, message, handlers);
    const topics = { ordinary: this.#topics.response(name), config: this.#options.config };
    await sendAnswer(this.#control, message, answer, topics);
  }

  async #receive(secret: string): Promise<void> {
    const { config, log, onStep } = this.#options;
    const callbackUrl = this.#callbackUrl;
    if (callbackUrl === undefined) return;
    const receiver = new Receiver({
      host: config.callback.host,
      port: config.callback.port,
      perMinute: config.callback.per_minute,
      secret,
      clock: this.#clock,
      log,
      onAnswered: () => onStep?.("answered"),
      take: (userId, window) => {
        const resident = this.#household.byUserId(userId);
        if (resident === undefined) return undefined;
        const { id } = resident.syncer.stored;
        this.#household.lastNotificationAt = this.#clock.now();
        this.#publishInfoSoon();
        return this.#store.takeHint(id, window, Math.floor(this.#clock.now() / 1000)).then(() => {
          onStep?.("inbox");
          this.#worker.hinted(id);
        });
      },
    });
    await receiver.start();
    this.#household.callbacks = receiver.counts;
    this.#stack.add(() => receiver.stop());
  }

  #subscriptionChecked(personId: number, report: SubscriptionReport, isNews: boolean): void {
    this.#retained.publish(this.#household.documentsOf(this.#household.byId(personId)));
    if (report.problem && isNews)
      this.#warn({ event: "subscription_failed", ...this.#who(personId), ...report.problem });
  }

  #tellStanding(personId: number): void {
    this.#retained.publish(this.#household.documentsOf(this.#household.byId(personId)));
    const problem = this.#worker.problemOf(personId);
    const who = this.#who(personId);
    this.#warn(
      problem === null ? { event: "account_recovered", ...who } : { event: "account_problem", ...who, ...problem },
    );
  }

  /** Their key went with the configuration, so that nobody can end the subscription before its time. */
  #tellRemoved({ key, subscription }: StoredPerson): void {
    const { log } = this.#options;
    const until = subscription?.expiresAt;
    if (until === undefined || until * 1000 <= this.#clock.now()) log.info("A person was removed", { account: key });
    else
      log.info("A person was removed; the API goes on calling for them until their subscription ends by itself", {
        account: key,
        ends: isoTime(until),
      });
  }

  #who(personId: number): { readonly person: string } {
    return { person: this.#household.byId(personId).config.slug };
  }

  /** Publishes a warning on `bridge/event`. Dropped while disconnected: the log has it too. */
  #warn(content: BridgeEvent): void {
    if (!this.#control?.isConnected) return;
    const { topic, payload } = messageOn(this.#topics.bridgeEvent, { schema: DOCUMENT_SCHEMA, ...content });
    this.#control.publish(topic, payload).catch(() => {});
  }

  /** The counters of a burst are told once. */
  #publishInfoSoon(): void {
    if (this.#isInfoDue) return;
    this.#isInfoDue = true;
    const { signal } = this.#stopping;
    this.#clock
      .sleep(LIMITS.infoDelayMs, signal)
      .then(() => this.#publishInfo())
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.log.warn("The figures were not published", { reason: String(error) });
      });
  }

  async #publishInfo(): Promise<void> {
    this.#isInfoDue = false;
    this.#household.waiting = await this.#store.counts();
    this.#retained.publish([this.#household.info(), ...this.#household.movedStatuses()]);
  }
}

function timingOf({ timing }: Config): WorkerTiming {
  return {
    pollWithSubscriptionS: timing.poll_with_subscription_s,
    pollWithoutSubscriptionS: timing.poll_without_subscription_s,
    rereadS: LIMITS.rereadEveryS,
    profileS: LIMITS.profileEveryS,
    coalesceMs: timing.coalesce_s * 1000,
    repeatCallMs: timing.repeat_call_s * 1000,
    parallelSyncs: timing.parallel_syncs,
  };
}
