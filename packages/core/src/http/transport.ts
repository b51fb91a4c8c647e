import type { ZodType } from "zod";
import { type Endpoint, InvalidCallError } from "../errors.ts";
import type { CallOptions } from "../ports/person-api.ts";
import { awake } from "./awake.ts";
import { type ExchangeTools, exchange, type Method } from "./exchange.ts";
import type { RateLimit } from "./rate-limit.ts";
import { type Redact, redactor } from "./redact.ts";
import { type Failure, retryDelay } from "./retry.ts";

/** As they travel; what is undefined stays at home. */
export type Parameters = Readonly<Record<string, string | undefined>>;

export interface Call extends Endpoint {
  readonly request: ZodType;
  /** Doing it twice is the same as doing it once. */
  readonly isRepeatable: boolean;
}

export interface TransportOptions extends ExchangeTools {
  readonly baseUrl: URL;
  readonly method: Method;
  readonly rateLimit: RateLimit;
  readonly random: () => number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly retries: number;
}

export interface SendOptions extends CallOptions {
  /** In place of the transport's. */
  readonly deadlineMs?: number | undefined;
}

/** Asked before each try, for what is valid only once; told how long it may take. */
export type FreshParameters = (leftMs: number) => Promise<Parameters>;

/** What must not show up anywhere. A callback URL holds a secret path. */
const SECRETS = ["publickey", "hash", "email", "callbackurl"];

/** The only way out: checks a call, sends it, repeats it where that is safe, and hands back the answer's body. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  async send(
    call: Call,
    parameters: Parameters | FreshParameters,
    { signal, deadlineMs = this.#options.deadlineMs }: SendOptions = {},
  ): Promise<unknown> {
    const { baseUrl, method, rateLimit, clock, random, timeoutMs, retries } = this.#options;
    const isFresh = typeof parameters === "function";
    // What is asked for before each try counts too.
    let deadline = isFresh ? clock.now() + deadlineMs : undefined;
    let last: Failure | undefined;
    for (let tries = 1; ; tries++) {
      const leftForParametersMs = (deadline ?? Infinity) - clock.now();
      const checked = check(call, isFresh ? await parameters(leftForParametersMs) : parameters);
      await rateLimit.take(signal);
      deadline ??= clock.now() + deadlineMs;
      const leftMs = deadline - clock.now();
      if (last && leftMs <= 0) throw last.error;
      const outcome = await exchange(
        {
          endpoint: call,
          baseUrl,
          method,
          parameters: { action: call.action, ...checked },
          timeoutMs: Math.min(timeoutMs, leftMs),
          signal,
          redact: redactorOf(checked),
        },
        this.#options,
      );
      if ("body" in outcome) return outcome.body;
      last = outcome.failure;
      const delay = retryDelay(last, { tries, retries, isRepeatable: call.isRepeatable, random });
      if (delay === undefined || clock.now() + delay >= deadline) throw last.error;
      await awake(clock).sleep(delay, signal);
    }
  }
}

/** Strict on what we send: the service would refuse it anyway, in fewer words. Names no value, since it may be a secret. */
function check({ service, action, request }: Call, parameters: Parameters): Record<string, string> {
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
  const result = request.safeParse(given);
  if (result.success) return given as Record<string, string>;
  const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new InvalidCallError(`${service}/${action} was not sent: ${faults.join("; ")}`, {
    code: "invalid_parameter",
    remedy: "Correct the parameters that the message names.",
  });
}

function redactorOf(parameters: Readonly<Record<string, string>>): Redact {
  return redactor(SECRETS.map((name) => parameters[name] ?? ""));
}
