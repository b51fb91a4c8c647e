import type { Clock } from "@weighbridge/core";
import type { Config } from "../config/schema.ts";
import type { Teardown } from "../errors.ts";
import type { Log } from "../log.ts";
import type { RequestHandlers } from "../messages/requests.ts";
import type { Topics } from "../messages/topics.ts";
import type { Devices } from "../people/devices.ts";
import type { Followers } from "../people/followers.ts";
import type { People } from "../people/people.ts";
import type { Status } from "../status.ts";
import type { Outbox, RetainedTopics } from "../store/store.ts";
import { UpdateCheck } from "../updates/update-check.ts";
import { AccessCheck } from "./access-check.ts";
import { AllDocuments } from "./all-documents.ts";
import { BridgeEvents } from "./bridge-events.ts";
import { brokerOf } from "./broker-of.ts";
import { type ControlConnection, connectForControl } from "./control-connection.ts";
import { connectForEvents } from "./event-connection.ts";
import { Figures } from "./figures.ts";
import { Listener } from "./listener.ts";
import { PersonReports } from "./person-reports.ts";
import { Publisher, type Step } from "./publisher.ts";
import { RetainedDocuments } from "./retained-documents.ts";
import { StateGuard } from "./state-guard.ts";

export interface BrokerSideInput {
  readonly config: Config;
  readonly version: string;
  readonly topics: Topics;
  readonly store: Outbox & RetainedTopics;
  readonly clock: Clock;
  readonly log: Log;
  readonly clientId: string;
  readonly onOnline: (() => void) | undefined;
  readonly onStep: ((step: Step | "committed") => void) | undefined;
}

/** Subjects of the documents, and the handlers of requests. */
export interface BrokerSubjects {
  readonly people: People;
  readonly followers: Followers;
  readonly status: Status;
  readonly handlers: RequestHandlers;
  readonly devices: Devices;
}

/** Both connections to the broker, with everything that is published and heard there. */
export class BrokerSide {
  readonly events: BridgeEvents;
  readonly reports: PersonReports;
  readonly #input: BrokerSideInput;
  readonly #publisher: Publisher;
  readonly #accessCheck: AccessCheck;
  #control: ControlConnection | undefined;
  #people!: People;
  #documents!: AllDocuments;
  #retained!: RetainedDocuments;
  #figures: Figures | undefined;

  constructor(input: BrokerSideInput) {
    const { log, topics, onStep } = input;
    this.#input = input;
    this.#accessCheck = new AccessCheck(log);
    this.events = new BridgeEvents(topics, () => this.#control);
    this.#publisher = this.#makePublisher();
    this.reports = new PersonReports({
      log,
      people: () => this.#people,
      documents: () => this.#documents,
      retained: () => this.#retained,
      publisher: () => this.#publisher,
      events: this.events,
      onCommitted: () => onStep?.("committed"),
    });
  }

  /** Connects as soon as the broker is there; what it adds to the teardown ends it again. */
  async start({ people, followers, status, handlers, devices }: BrokerSubjects, teardown: Teardown): Promise<void> {
    const { config, version, topics, store, clock, log } = this.#input;
    this.#people = people;
    const updates = this.#makeUpdateCheck();
    this.#documents = new AllDocuments({ config, version, topics, people, followers, status, devices, updates });
    this.#retained = new RetainedDocuments({
      store,
      clock,
      publisher: this.#publisher,
      control: () => this.#control,
      documents: this.#documents,
      onProblem: (error) => log.warn("Retained documents were not kept up to date", { reason: String(error) }),
    });
    const figures = new Figures({ clock, log, status, documents: this.#documents, retained: () => this.#retained });
    this.#figures = figures;
    const stateGuard = this.#makeStateGuard();
    await this.#retained.start();
    await this.#publisher.start();
    teardown.add(() => this.#publisher.stop());
    teardown.add(() => this.#publisher.publishLast(topics.bridgeState, "offline"));
    this.#control = this.#connectControl(handlers, stateGuard);
    teardown.add(() => this.#control?.close());
    teardown.add(() => this.#retained.stop());
    teardown.add(() => stateGuard.stop());
    teardown.add(() => figures.stop());
    updates?.start();
    teardown.add(() => updates?.stop());
  }

  /** Documents and events can be published. */
  get isOnline(): boolean {
    return this.#publisher.isConnected;
  }

  /** Something that bridge/info or a person's status shows has changed. */
  figuresMoved(): void {
    this.#figures?.publishSoon();
  }

  publishEverything(): void {
    this.#retained.publishEverything();
  }

  #makePublisher(): Publisher {
    const { config, topics, store, clock, log, clientId, onOnline, onStep } = this.#input;
    return new Publisher({
      store,
      log,
      holdMs: config.home_assistant.enabled ? config.home_assistant.hold_s * 1000 : 0,
      clock,
      connect: (handshake) =>
        connectForEvents({
          broker: brokerOf(config),
          clientId: config.mqtt.client_id ?? clientId,
          will: { topic: topics.bridgeState, payload: "offline" },
          clock,
          handshake,
        }),
      onConnected: () => {
        this.#retained.publishEverything();
        this.figuresMoved();
        onOnline?.();
      },
      onDocumentRefused: (topic, reason) => this.#accessCheck.publishRefused(topic, reason),
      onParked: (parked) => this.events.warn({ event: "event_parked", ...parked }),
      ...(onStep ? { onStep } : {}),
    });
  }

  #makeUpdateCheck(): UpdateCheck | undefined {
    const { config, clock, log } = this.#input;
    const { enabled, update_check: isWanted, registry_url: registryUrl } = config.home_assistant;
    if (!enabled || !isWanted) return undefined;
    const onNews = () => this.#retained.publish(this.#documents.update());
    return new UpdateCheck({ registryUrl, stateDirectory: config.state_dir, clock, log, onNews });
  }

  #makeStateGuard(): StateGuard {
    const { topics, clock, log } = this.#input;
    return new StateGuard({
      clock,
      log,
      topic: topics.bridgeState,
      isConnected: () => this.#publisher.isConnected,
      publish: (topic, payload) => this.#publisher.publishDocuments([{ topic, payload }]),
    });
  }

  #connectControl(handlers: RequestHandlers, stateGuard: StateGuard): ControlConnection {
    const { config, topics, clock, log, clientId } = this.#input;
    const listener = new Listener({
      config,
      topics,
      log,
      handlers,
      retained: this.#retained,
      publisher: this.#publisher,
      stateGuard,
      control: () => this.#control,
    });
    return connectForControl({
      broker: brokerOf(config),
      clientId: `${config.mqtt.client_id ?? clientId}-c`,
      topics: listener.topics,
      clock,
      isBrokerThere: () => this.#publisher.isConnected,
      onConnected: () => this.#retained.tidy(),
      onDeaf: (topic, reason) => this.#accessCheck.subscribeRefused(topic, reason),
      onProblem: (reason) => log.warn("The connection for requests is lost and made again", { reason }),
      onMessage: (message) => listener.hear(message),
    });
  }
}
