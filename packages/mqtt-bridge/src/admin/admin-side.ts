import type { Clock, Problem } from "@weighbridge/core";
import { httpUrlOf } from "../config/admin.ts";
import type { Config } from "../config/schema.ts";
import type { Teardown } from "../errors.ts";
import type { LeveledLog, Log } from "../log.ts";
import type { RequestHandlers } from "../messages/requests.ts";
import type { Followers } from "../people/followers.ts";
import type { WaitingPerson } from "../people/open-people.ts";
import type { PageConsents } from "../people/page-consents.ts";
import type { People } from "../people/people.ts";
import type { Status } from "../status.ts";
import { Access } from "./access.ts";
import { AdminServer } from "./admin-server.ts";
import { Counters } from "./counters.ts";
import { Feed } from "./feed.ts";
import { readiness } from "./health.ts";
import { Live } from "./live.ts";
import { Metrics } from "./metrics.ts";
import { PageFiles } from "./page-files.ts";
import { Recent } from "./recent.ts";
import type { Route } from "./router.ts";
import { routesOf } from "./routes.ts";
import { StatusView } from "./status-view.ts";
import { syncReply } from "./sync-stream.ts";

export interface AdminSideInput {
  readonly config: Config;
  readonly clock: Clock;
  /** One with a level can be changed by a request. */
  readonly log: Log | LeveledLog;
}

/** Everything that the private side shows, and the handlers of requests. */
export interface AdminSubjects {
  readonly people: People;
  readonly waiting: readonly WaitingPerson[];
  readonly followers: Followers;
  readonly status: Status;
  readonly handlers: RequestHandlers;
  readonly consents: PageConsents;
  /** False where the bridge only polls. */
  readonly hasCallback: boolean;
  readonly broker: { readonly isOnline: boolean };
  readonly receiver: { readonly isListening: boolean };
}

/** The private side: what it hears, what it shows, and its server. */
export class AdminSide {
  readonly feed: Feed;
  readonly counters = new Counters();
  readonly #input: AdminSideInput;
  readonly #recent: Recent;
  readonly #live: Live;
  #people: People | undefined;
  #isStoreFailed = false;
  /** Undefined where it listens, or is switched off. */
  #closed: Problem | undefined;

  constructor(input: AdminSideInput) {
    const { clock, log } = input;
    this.#input = input;
    this.#recent = new Recent(clock);
    this.#live = new Live(this.#recent, clock);
    this.feed = new Feed({
      ...{ log, recent: this.#recent, counters: this.counters },
      people: () => this.#people,
      statusChanged: () => this.#live.statusChanged(),
    });
  }

  /** A write failed: the process is about to end. */
  storeFailed(): void {
    this.#isStoreFailed = true;
  }

  /** A callback was answered, so long after it came. */
  answered(outcome: string, ms: number): void {
    this.counters.answered(outcome, ms);
    this.feed.answered(outcome);
  }

  /** Listens. Where it cannot, weigh-ins go on, and the log says what to do. */
  async start(subjects: AdminSubjects, teardown: Teardown): Promise<void> {
    const { config, clock } = this.#input;
    const { log } = this.feed;
    const { enabled, host, port, ingress } = config.admin;
    this.#people = subjects.people;
    if (!enabled) return;
    const access = new Access(config.admin, clock);
    const files = new PageFiles();
    const server = new AdminServer({
      ...{ host, port, access, log },
      routes: this.#routes(subjects, access),
      isFramed: ingress,
      page: (path, { headers }) => files.at(path, String(headers["accept-encoding"] ?? "")),
    });
    try {
      log.info("The status page is served", { url: httpUrlOf(host, await server.start()) });
    } catch (error) {
      this.#closed = closedBy(error as Error, config.admin);
      log.warn("The status page is not served", { ...this.#closed });
      return;
    }
    teardown.add(() => server.stop());
    teardown.add(() => this.#live.stop());
  }

  #routes(subjects: AdminSubjects, access: Access): readonly Route[] {
    const { config, clock, log } = this.#input;
    const { people, handlers, consents, receiver, broker, status } = subjects;
    const isOnline = () => broker.isOnline;
    const isReceiverNeeded = config.callback.public_url !== undefined;
    const view = new StatusView({
      ...subjects,
      clock,
      isOnline,
      bridgeProblems: () => (this.#closed === undefined ? [] : [this.#closed]),
    });
    const metrics = new Metrics({
      ...{ people, status, clock, isOnline, counters: this.counters },
      problems: () => view.problems,
    });
    return routesOf({
      ...{ access, handlers, people, consents, recent: this.#recent, live: this.#live },
      metrics: () => metrics.text(),
      sync: (slug) => syncReply({ ...subjects, recent: this.#recent, clock }, slug),
      log: "level" in log ? log : undefined,
      status: () => view.body,
      readiness: () =>
        readiness({
          stateDir: config.state_dir,
          isStoreFailed: () => this.#isStoreFailed,
          isReceiverListening: () => (isReceiverNeeded ? receiver.isListening : undefined),
        }),
    });
  }
}

const closedBy = (error: Error, { host, port }: Config["admin"]): Problem => ({
  code: "admin_closed",
  message: `the status page cannot listen on ${host}, port ${port}: ${error.message}`,
  remedy: "Set another admin.port, or end the program that has this one.",
});
