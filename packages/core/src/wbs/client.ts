import { type Clock, systemClock } from "../clock.ts";
import type { Skipped } from "../domain/skipped.ts";
import type { UnknownCode } from "../domain/unknown-code.ts";
import { InvalidCallError } from "../errors.ts";
import { Application } from "../http/application.ts";
import { checkedBaseUrl } from "../http/base-url.ts";
import type { Method } from "../http/exchange.ts";
import { type Fetch, nodeFetch, observed } from "../http/node-fetch.ts";
import { atLeast } from "../http/options.ts";
import { Transport } from "../http/transport.ts";
import { reportOnce, reportOncePerField } from "../http/unknown-codes.ts";
import { LIMITS } from "../limits.ts";
import type { PersonApi } from "../ports/person-api.ts";
import type { WbsCredentials } from "./credentials.ts";
import { wbsDialect } from "./dialect.ts";
import { wbsPerson } from "./person.ts";
import { type AccountService, accountService } from "./services/account.ts";
import { type MeasureService, measureService } from "./services/measure.ts";
import { type NotifyService, notifyService } from "./services/notify.ts";
import { type OnceService, onceService } from "./services/once.ts";
import { type UserService, userService } from "./services/user.ts";

export interface WbsClientOptions {
  /**
   * Address of the API. @default "http://wbsapi.withings.net/"
   * @example createWbsClient({ baseUrl: "http://127.0.0.1:8470/" }) // the simulator
   */
  readonly baseUrl?: string | URL;
  /**
   * POST keeps keys out of the logs of proxies and servers. @default "POST"
   * @example createWbsClient({ method: "GET" }) // for a server that reads no forms
   */
  readonly method?: Method;
  /**
   * Runs before each request goes out.
   * @example createWbsClient({ onCall: () => calls.increment() })
   */
  readonly onCall?: () => void;
  /**
   * Sends the requests. @default Node's own HTTP client
   * @example createWbsClient({ fetch: globalThis.fetch })
   */
  readonly fetch?: Fetch;
  /**
   * Measures every wait. @default the machine's clock
   * @example createWbsClient({ clock: new ManualClock(0) }) // a test that moves time
   */
  readonly clock?: Clock;
  /**
   * A number from 0 to 1 that spreads repeated calls. @default Math.random
   * @example createWbsClient({ random: () => 1 }) // a test that wants to know the waits
   */
  readonly random?: () => number;
  /**
   * Milliseconds for one try, from the request to the last byte. @default 15 000
   * @example createWbsClient({ timeoutMs: 5_000 }) // a page on which a person waits
   */
  readonly timeoutMs?: number;
  /**
   * Milliseconds for a whole call, with all its tries. @default 60 000
   * @example createWbsClient({ deadlineMs: 10_000 })
   */
  readonly deadlineMs?: number;
  /**
   * Tries after the first, where repeating is safe. @default 3
   * @example createWbsClient({ retries: 0 }) // the caller tries again by itself
   */
  readonly retries?: number;
  /**
   * Shares one limit of calls, one guard against identical calls and one pace of subscribes. @default one for this client alone
   * @example createWbsClient({ application: new Application({ callsPerMinute: 60 }) })
   */
  readonly application?: Application;
  /**
   * Calls of this client in any minute, over all its users. Not beside `application`. @default 120
   * @example createWbsClient({ callsPerMinute: 30 })
   */
  readonly callsPerMinute?: number;
  /**
   * Names the program to the API. @default "weighbridge (+…)"
   * @example createWbsClient({ userAgent: "kitchen-display/1.2" })
   */
  readonly userAgent?: string;
  /**
   * Groups per request while paging, at least 3. @default 500
   * @example createWbsClient({ pageLimit: 100 }) // smaller answers
   */
  readonly pageLimit?: number;
  /**
   * Requests of one walk through pages. @default 2 000
   * @example createWbsClient({ maxPages: 20 }) // at most 10 000 groups
   */
  readonly maxPages?: number;
  /**
   * Receives each code that our tables lack, once; its values come all the same.
   * @example createWbsClient({ onUnknown: ({ kind, code }) => console.warn(`unknown ${kind} ${code}`) })
   */
  readonly onUnknown?: (unknown: UnknownCode) => void;
  /**
   * Receives what of an answer could not be read and was left out, once per field that did not fit.
   * @example createWbsClient({ onSkipped: ({ groups, field }) => console.warn(`${groups} groups left out: ${field}`) })
   */
  readonly onSkipped?: (skipped: Skipped) => void;
}

/** The original API. Every call throws a WeighbridgeError, or its signal's reason. */
export interface WbsClient {
  readonly once: OnceService;
  readonly account: AccountService;
  readonly user: UserService;
  readonly measure: MeasureService;
  readonly notify: NotifyService;
  /** One user, behind the port that sync and hosts use. */
  person(user: WbsCredentials): PersonApi;
}

const BASE_URL = "http://wbsapi.withings.net/";
const USER_AGENT = "weighbridge (+https://github.com/weighbridge/weighbridge)";

/** The smallest page that still moves on when a group is added between two requests. */
const SMALLEST_PAGE = 3;

export function createWbsClient(options: WbsClientOptions = {}): WbsClient {
  const clock = options.clock ?? systemClock;
  const transport = new Transport({
    baseUrl: checkedBaseUrl(options.baseUrl ?? BASE_URL),
    method: options.method ?? "POST",
    dialect: wbsDialect,
    fetch: observed(options.fetch ?? nodeFetch, options.onCall),
    clock,
    random: options.random ?? Math.random,
    userAgent: options.userAgent ?? USER_AGENT,
    timeoutMs: atLeast("timeoutMs", 1, options.timeoutMs ?? LIMITS.timeoutMs),
    deadlineMs: atLeast("deadlineMs", 1, options.deadlineMs ?? LIMITS.deadlineMs),
    retries: atLeast("retries", 0, options.retries ?? LIMITS.retries),
    application: applicationOf(options),
  });
  const pageLimits = {
    pageLimit: atLeast("pageLimit", SMALLEST_PAGE, options.pageLimit ?? LIMITS.pageLimit),
    maxPages: atLeast("maxPages", 1, options.maxPages ?? LIMITS.maxPages),
  };
  const user = userService(transport);
  const measure = measureService(transport, pageLimits, {
    unknown: reportOnce(options.onUnknown ?? (() => {})),
    skipped: reportOncePerField(options.onSkipped ?? (() => {})),
  });
  const notify = notifyService(transport);
  return {
    once: onceService(transport),
    account: accountService(transport),
    user,
    measure,
    notify,
    person: (who) => wbsPerson(who, { user, measure, notify }),
  };
}

function applicationOf({ application, clock = systemClock, callsPerMinute }: WbsClientOptions): Application {
  if (application === undefined)
    return new Application({ clock, ...(callsPerMinute !== undefined && { callsPerMinute }) });
  if (callsPerMinute === undefined) return application;
  throw new InvalidCallError("callsPerMinute belongs to the application that is given", {
    code: "invalid_option",
    remedy: "Give callsPerMinute to `new Application()`, and leave it out here.",
  });
}
