import type { ZodType } from "zod";
import type { CallOptions } from "../domain/call-options.ts";
import { type Endpoint, InvalidCallError } from "../errors.ts";
import type { Application, Pace } from "./application.ts";
import { awake } from "./awake.ts";
import type { Headers } from "./dialect.ts";
import { type ExchangeTools, exchange, type Method } from "./exchange.ts";
import { redactor } from "./redact.ts";
import { type Failure, retryDelay } from "./retry.ts";

/** Parameters as sent; undefined ones are left out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

export interface Call extends Endpoint {
  readonly request: ZodType;
  /** Doing it twice is the same as doing it once. */
  readonly isRepeatable: boolean;
  /** The same call with the same parameters asks for something new each time: the guard against identical calls lets it pass. */
  readonly isFresh?: boolean;
  /** Keeps its distance to the others of its kind. */
  readonly pace?: Pace;
}

export interface TransportOptions extends ExchangeTools {
  readonly baseUrl: URL;
  readonly method: Method;
  readonly application: Application;
  readonly random: () => number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly retries: number;
  /** `ok`, or the code of the error. */
  readonly onOutcome?: (outcome: string) => void;
}

export interface SendOptions extends CallOptions {
  /** In place of the transport's. */
  readonly deadlineMs?: number | undefined;
}

/** Makes the parameters of each try anew, where they are valid only once. `leftMs`: how long that may take. */
export type FreshParameters = (leftMs: number) => Promise<Parameters>;

/** The only way out: checks a call, sends it, repeats it where that is safe, and hands back the answer's body. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  async send(
    call: Call,
    parameters: Parameters | FreshParameters,
    { deadlineMs = this.#options.deadlineMs, ...options }: SendOptions = {},
  ): Promise<unknown> {
    const { clock, dialect } = this.#options;
    // Parameters that are made afresh before each try spend the deadline too.
    const deadline = typeof parameters === "function" ? clock.monotonic() + deadlineMs : undefined;
    const progress: Progress = { tries: 0, hasRefreshed: false, deadline };
    for (let last: Failure | undefined; ; ) {
      const checked = check(call, await given(parameters, (progress.deadline ?? Infinity) - clock.monotonic()));
      const headers = (await dialect.authorize?.(options)) ?? {};
      const key = keyOf(call, checked, dialect.caller);
      const patienceMs = progress.deadline === undefined ? deadlineMs : progress.deadline - clock.monotonic();
      await this.#admit(call, { key, isRetry: last !== undefined, patienceMs }, options);
      progress.deadline ??= clock.monotonic() + deadlineMs;
      const leftMs = progress.deadline - clock.monotonic();
      if (last && leftMs <= 0) throw last.error;
      const outcome = await this.#exchange(call, { checked, headers }, leftMs, options.signal);
      this.#options.onOutcome?.("body" in outcome ? "ok" : outcome.failure.error.code);
      if ("body" in outcome) return outcome.body;
      last = outcome.failure;
      this.#heed(key, last);
      await this.#recover(call, { failure: last, headers }, progress, options);
    }
  }

  /** Takes to heart what a failure says about calls to come. */
  #heed(key: string | undefined, { wasNeverSeen, isUnauthorized, pauseMs, waitAtLeastMs }: Failure): void {
    const { application } = this.#options;
    if (wasNeverSeen || isUnauthorized) application.forget(key);
    if (pauseMs) application.pause(pauseMs);
    if (waitAtLeastMs) application.hold(key, waitAtLeastMs);
  }

  #admit({ pace }: Call, { key, isRetry, patienceMs }: Place, options: CallOptions): Promise<void> {
    const { application, dialect } = this.#options;
    const { signal, priority = "call" } = options;
    const isFree = isRetry && dialect.guardsRetries !== true;
    return application.admit({ key, pace, isRetry: isFree, priority, signal, patienceMs });
  }

  async #exchange(call: Call, { checked, headers }: Ready, leftMs: number, signal: AbortSignal | undefined) {
    const { baseUrl, method, timeoutMs, dialect } = this.#options;
    const secrets = dialect.secrets.map((name) => checked[name] ?? "");
    // `Bearer abc` may also be repeated without its first word.
    const authorization = Object.values(headers).flatMap((value) => [value, ...value.split(" ").slice(1)]);
    return exchange(
      {
        endpoint: call,
        baseUrl,
        method,
        parameters: { action: call.action, ...checked },
        headers,
        timeoutMs: Math.min(timeoutMs, leftMs),
        signal,
        redact: redactor([...secrets, ...authorization]),
      },
      this.#options,
    );
  }

  /** Gets ready for one more try. Throws the failure's error where there is to be none. */
  async #recover(call: Call, { failure, headers }: Failed, progress: Progress, options: CallOptions): Promise<void> {
    const { clock, random, retries, dialect } = this.#options;
    progress.tries++;
    if (failure.isUnauthorized && dialect.refresh && !progress.hasRefreshed) {
      progress.hasRefreshed = true;
      return dialect.refresh(headers, options);
    }
    const { tries, deadline = Infinity } = progress;
    const delay = retryDelay(failure, { tries, retries, isRepeatable: call.isRepeatable, random });
    if (delay === undefined || clock.monotonic() + delay >= deadline) throw failure.error;
    await awake(clock).sleep(delay, options.signal);
  }
}

type Sent = Readonly<Record<string, string>>;

interface Place {
  readonly key: string | undefined;
  readonly isRetry: boolean;
  readonly patienceMs: number;
}

interface Ready {
  readonly checked: Sent;
  readonly headers: Headers;
}

interface Failed {
  readonly failure: Failure;
  readonly headers: Headers;
}

/** How far one call came. */
interface Progress {
  tries: number;
  hasRefreshed: boolean;
  /** Monotonic milliseconds; undefined before the first try has its place. */
  deadline: number | undefined;
}

const given = (parameters: Parameters | FreshParameters, leftMs: number) =>
  typeof parameters === "function" ? parameters(leftMs) : parameters;

/** Strict on what we send: the service would refuse it anyway, in fewer words. Names no value, since it may be a secret. */
function check({ service, action, request }: Call, parameters: Parameters): Sent {
  const defined = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
  const result = request.safeParse(defined);
  if (result.success) return defined as Sent;
  const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new InvalidCallError(`${service}/${action} was not sent: ${faults.join("; ")}`, {
    code: "invalid_parameter",
  });
}

/** Equal for calls that the service takes for identical; undefined for one that may be repeated at once. */
function keyOf({ service, action, isFresh }: Call, parameters: Sent, caller = ""): string | undefined {
  if (isFresh) return undefined;
  const sorted = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([caller, service, action, ...sorted]);
}
