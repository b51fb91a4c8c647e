import { randomBytes } from "node:crypto";
import { type Clock, systemClock } from "@weighbridge/core";
import { Accounts } from "./accounts/accounts.ts";
import { callbackPaths } from "./accounts/callback-paths.ts";
import { AdminSide } from "./admin/admin-side.ts";
import { accountsOf } from "./config/accounts.ts";
import type { Config } from "./config/schema.ts";
import { Teardown } from "./errors.ts";
import { openGrants } from "./grants/grants.ts";
import type { LeveledLog, Log } from "./log.ts";
import { topicsBelow } from "./messages/topics.ts";
import { BrokerSide } from "./mqtt/broker-side.ts";
import type { Step as PublisherStep } from "./mqtt/publisher.ts";
import { openStore } from "./open-store.ts";
import { reportWaiting, watchGrants } from "./people/consents.ts";
import { Devices } from "./people/devices.ts";
import { Followers } from "./people/followers.ts";
import { type OpenedPeople, openPeople } from "./people/open-people.ts";
import { PageConsents } from "./people/page-consents.ts";
import { toAll } from "./people/reports.ts";
import { requestHandlers } from "./people/requests.ts";
import { Inbox } from "./receiver/inbox.ts";
import { Receiver } from "./receiver/receiver.ts";
import { Status } from "./status.ts";
import type { Store } from "./store/store.ts";

/** The steps of a weigh-in's way through the bridge. */
export type Step = PublisherStep | "inbox" | "answered" | "committed";

export interface BridgeOptions {
  readonly config: Config;
  /** With a level of its own, a request can change it. */
  readonly log: Log | LeveledLog;
  readonly version: string;
  readonly clock?: Clock;
  /** The disk failed: the process must end, and a restart goes on from what is stored. */
  onFatal(error: unknown): void;
  /** Connected, with everything retained on its way. */
  onOnline?(): void;
  /** Somebody who had not consented yet has: a restart follows them. */
  onNewPerson?(slug: string): void;
  /** Called at each step; a test may end the process there. */
  onStep?(step: Step): void;
}

/** Makes all parts, starts them in order, and stops them in reverse. */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #teardown = new Teardown();
  #callbackUrl: string | undefined;

  constructor(options: BridgeOptions) {
    this.#options = options;
  }

  /** That of the first account, with its secret; undefined where the bridge only polls. */
  get callbackUrl(): string | undefined {
    return this.#callbackUrl;
  }

  /** Neither broker nor API need be there. Throws a StoreError, or the system's error where it cannot listen. */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.#teardown.run().catch(() => {});
      throw error;
    }
  }

  /** Throws a StopError that holds every failure. */
  stop(): Promise<void> {
    return this.#teardown.run();
  }

  async #start(): Promise<void> {
    const { config, version, onOnline, onStep, clock = systemClock } = this.#options;
    const topics = topicsBelow(config.mqtt.base_topic);
    const admin = new AdminSide({ config, clock, log: this.#options.log });
    const { log } = admin.feed;
    const store = await this.#openStore(admin, clock);
    this.#teardown.add(() => store.close());
    const paths = await callbackPaths(config, store);
    // With the second connection's -c it has 23 characters: no broker takes fewer.
    const clientId = await store.setting("client_id", () => `weighbridge${randomBytes(5).toString("hex")}`);
    this.#callbackUrl = paths[0]?.url;
    const hasCallback = this.#callbackUrl !== undefined;

    const broker = new BrokerSide({ config, version, topics, store, clock, log, clientId, onOnline, onStep });
    const { events } = broker;
    const reports = toAll([broker.reports, admin.feed]);
    const figuresMoved = () => {
      broker.figuresMoved();
      admin.feed.moved();
    };
    const tokens = openGrants(config.state_dir, clock);
    const accounts = new Accounts({
      config,
      tokens,
      version,
      clock,
      log,
      warn: (event) => events.warn(event),
      onCall: figuresMoved,
      onOutcome: (outcome) => admin.counters.called(outcome),
    });
    const { people, waiting } = await openPeople({
      ...{ config, topics, store, clock, log, accounts, hasCallback, reports },
    });
    const callbackUrlOf = (id: string) => paths.find(({ accountId }) => accountId === id)?.url;
    const followers = new Followers({ config, store, clock, log, callbackUrlOf, reports });
    const inbox = new Inbox({
      people,
      store,
      clock,
      onTaken: (personId) => {
        onStep?.("inbox");
        figuresMoved();
        admin.feed.taken(personId);
        followers.hinted(personId);
      },
      onChanged: (personId) => followers.requestProfile(personId),
    });
    const receiver = this.#receiverOf({ paths, inbox, admin, clock });
    const status = this.#statusOf({ people, waiting, store, accounts, receiver, inbox, hasCallback });
    const publishEverything = () => broker.publishEverything();
    const handlers = requestHandlers({ people, followers, status, clock, hasCallback, log, publishEverything });
    const devices = new Devices({ clock, log, onRead: (personId) => reports.changed(personId) });
    await broker.start({ people, followers, status, handlers, devices }, this.#teardown);
    // The API calls the URL when it subscribes: the receiver must listen first. An exact URL is another program's.
    if (config.callback.public_url !== undefined) await receiver.start();
    this.#teardown.add(() => receiver.stop());
    const consents = new PageConsents({ config, accounts, tokens, clock });
    const subjects = { people, waiting, followers, status, handlers, consents, hasCallback, broker, receiver };
    await admin.start(subjects, this.#teardown);
    await followers.start(people.all);
    this.#teardown.add(() => followers.stop());
    devices.start(people.all);
    this.#teardown.add(() => devices.stop());
    reportWaiting(waiting, { log, warn: (event) => events.warn(event) });
    const watch = watchGrants({ config, clock, people, followers, waiting, onNewPerson: this.#options.onNewPerson });
    watch.start();
    this.#teardown.add(() => watch.stop());
    log.info("Started", { people: people.all.length, callback: hasCallback });
  }

  #openStore(admin: AdminSide, clock: Clock): Promise<Store> {
    return openStore({
      config: this.#options.config,
      clock,
      log: admin.feed.log,
      onFailure: (error) => {
        admin.storeFailed();
        this.#options.onFatal(error);
      },
    });
  }

  #receiverOf({ paths, inbox, admin, clock }: ReceiverParts): Receiver {
    const { config, onStep } = this.#options;
    return new Receiver({
      host: config.callback.host,
      port: config.callback.port,
      perMinute: config.callback.per_minute,
      secrets: paths,
      clock,
      log: admin.feed.log,
      take: (...hint) => inbox.take(...hint),
      takeChange: (...change) => inbox.takeChange(...change),
      onReply: (outcome, ms) => admin.answered(outcome, ms),
      onAnswered: () => onStep?.("answered"),
    });
  }

  #statusOf({ people, waiting, store, accounts, receiver, inbox, hasCallback }: StatusParts): Status {
    const { config, version } = this.#options;
    return new Status({
      version,
      generation: accountsOf(config)[0]?.generation ?? "wbs",
      people: people.all.length,
      waitingForConsent: waiting.map(({ config: { slug } }) => slug),
      store,
      unreadableFields: () => accounts.unreadableFields,
      callbacks: () => (hasCallback ? { outcomes: receiver.counts, lastTakenAt: inbox.lastTakenAt } : null),
    });
  }
}

interface ReceiverParts {
  readonly paths: Awaited<ReturnType<typeof callbackPaths>>;
  readonly inbox: Inbox;
  readonly admin: AdminSide;
  readonly clock: Clock;
}

interface StatusParts extends OpenedPeople {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly receiver: Receiver;
  readonly inbox: Inbox;
  readonly hasCallback: boolean;
}
