import type { Clock, Problem } from "@weighbridge/core";
import type { Config } from "../config/schema.ts";
import type { Teardown } from "../errors.ts";
import type { Log } from "../log.ts";
import type { RequestHandlers } from "../messages/requests.ts";
import type { Followers } from "../people/followers.ts";
import type { WaitingPerson } from "../people/open-people.ts";
import type { People } from "../people/people.ts";
import type { Status } from "../status.ts";
import { Access } from "./access.ts";
import { AdminServer } from "./admin-server.ts";
import { readiness } from "./health.ts";
import { PageFiles } from "./page-files.ts";
import { routesOf } from "./routes.ts";
import { StatusView } from "./status-view.ts";

export interface AdminSideInput {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the private side shows, and the handlers of requests. */
export interface AdminSubjects {
  readonly people: People;
  readonly waiting: readonly WaitingPerson[];
  readonly followers: Followers;
  readonly status: Status;
  readonly handlers: RequestHandlers;
  /** False where the bridge only polls. */
  readonly hasCallback: boolean;
  readonly broker: { readonly isOnline: boolean };
  readonly receiver: { readonly isListening: boolean };
}

/** The private side: what it shows, and its server. */
export class AdminSide {
  readonly #input: AdminSideInput;
  #isStoreFailed = false;
  /** Undefined where it listens, or is switched off. */
  #closed: Problem | undefined;

  constructor(input: AdminSideInput) {
    this.#input = input;
  }

  /** A write failed: the process is about to end. */
  storeFailed(): void {
    this.#isStoreFailed = true;
  }

  /** Listens. Where it cannot, weigh-ins go on, and the log says what to do. */
  async start(subjects: AdminSubjects, teardown: Teardown): Promise<void> {
    const { config, clock, log } = this.#input;
    const { enabled, host, port, ingress } = config.admin;
    if (!enabled) return;
    const view = this.#viewOf(subjects);
    const access = new Access(config.admin, clock);
    const { handlers, receiver } = subjects;
    const isReceiverNeeded = config.callback.public_url !== undefined;
    const isReceiverListening = () => (isReceiverNeeded ? receiver.isListening : undefined);
    const isStoreFailed = () => this.#isStoreFailed;
    const routes = routesOf({
      ...{ access, handlers },
      readiness: () => readiness({ stateDir: config.state_dir, isStoreFailed, isReceiverListening }),
      status: () => view.json,
    });
    const files = new PageFiles();
    const server = new AdminServer({
      ...{ host, port, access, routes, log },
      isFramed: ingress,
      page: (path, { headers }) => files.at(path, String(headers["accept-encoding"] ?? "")),
    });
    try {
      log.info("The status page is served", { url: urlOf(host, await server.start()) });
    } catch (error) {
      this.#closed = closedBy(error as Error, config.admin);
      log.warn("The status page is not served", { ...this.#closed });
      return;
    }
    teardown.add(() => server.stop());
  }

  #viewOf(subjects: AdminSubjects): StatusView {
    const { clock } = this.#input;
    return new StatusView({
      ...subjects,
      clock,
      isOnline: () => subjects.broker.isOnline,
      heldOf: () => 0,
      bridgeProblems: () => (this.#closed === undefined ? [] : [this.#closed]),
    });
  }
}

const closedBy = (error: Error, { host, port }: Config["admin"]): Problem => ({
  code: "admin_closed",
  message: `the status page cannot listen on ${host}, port ${port}: ${error.message}`,
  remedy: "Set another admin.port, or end the program that has this one.",
});

const urlOf = (host: string, port: number) => `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
