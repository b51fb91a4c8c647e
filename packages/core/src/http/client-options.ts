import { type Clock, systemClock } from "../clock.ts";
import type { Skipped } from "../domain/skipped.ts";
import type { UnknownCode } from "../domain/unknown-code.ts";
import { InvalidCallError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { Application } from "./application.ts";
import { type Fetch, nodeFetch, observed } from "./node-fetch.ts";
import { atLeast } from "./options.ts";
import type { TransportOptions } from "./transport.ts";

/** Options that the clients of all generations take. */
export interface ClientOptions {
  /**
   * Runs before each request goes out.
   * @example createWbsClient({ onCall: () => calls.increment() })
   */
  readonly onCall?: () => void;
  /**
   * Runs after each request, with `ok` or the code of the error; also for one that is tried again.
   * @example createWbsClient({ onOutcome: (outcome) => outcomes.increment({ outcome }) })
   */
  readonly onOutcome?: (outcome: string) => void;
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

const USER_AGENT = "weighbridge (+https://github.com/weighbridge/weighbridge)";

/** The part of a transport that options of all generations decide. Throws an InvalidCallError. */
export function transportOf(options: ClientOptions): Omit<TransportOptions, "baseUrl" | "method" | "dialect"> {
  return {
    fetch: observed(options.fetch ?? nodeFetch, options.onCall),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    userAgent: options.userAgent ?? USER_AGENT,
    timeoutMs: atLeast("timeoutMs", 1, options.timeoutMs ?? LIMITS.timeoutMs),
    deadlineMs: atLeast("deadlineMs", 1, options.deadlineMs ?? LIMITS.deadlineMs),
    retries: atLeast("retries", 0, options.retries ?? LIMITS.retries),
    application: applicationOf(options),
    ...(options.onOutcome && { onOutcome: options.onOutcome }),
  };
}

function applicationOf({ application, clock = systemClock, callsPerMinute }: ClientOptions): Application {
  if (application === undefined)
    return new Application({ clock, ...(callsPerMinute !== undefined && { callsPerMinute }) });
  if (callsPerMinute === undefined) return application;
  throw new InvalidCallError("callsPerMinute belongs to the application that is given", {
    code: "invalid_option",
    remedy: "Give callsPerMinute to `new Application()`, and leave it out here.",
  });
}
