import { checkedBaseUrl } from "../http/base-url.ts";
import { type ClientOptions, transportOf } from "../http/client-options.ts";
import type { Method } from "../http/exchange.ts";
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

export interface WbsClientOptions extends ClientOptions {
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
   * Groups per request while paging, at least 3. @default 500
   * @example createWbsClient({ pageLimit: 100 }) // smaller answers
   */
  readonly pageLimit?: number;
  /**
   * Requests of one walk through pages. @default 2 000
   * @example createWbsClient({ maxPages: 20 }) // at most 10 000 groups
   */
  readonly maxPages?: number;
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

/** The smallest page that still moves on when a group is added between two requests. */
const SMALLEST_PAGE = 3;

export function createWbsClient(options: WbsClientOptions = {}): WbsClient {
  const transport = new Transport({
    ...transportOf(options),
    baseUrl: checkedBaseUrl(options.baseUrl ?? BASE_URL),
    method: options.method ?? "POST",
    dialect: wbsDialect,
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
