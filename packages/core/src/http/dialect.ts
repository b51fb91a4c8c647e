import type { CallOptions } from "../domain/call-options.ts";
import type { Endpoint } from "../errors.ts";
import type { Failure } from "./retry.ts";

/** Content of an answer beside its HTTP head. */
export interface Envelope {
  /** 0 is success. */
  readonly status: number;
  readonly body?: unknown;
  /** The service's own words for the failure. Secrets are hidden in them before an error shows them. */
  readonly error?: string;
}

/** Parts of an answer's HTTP head that judge a failure. */
export interface Head {
  /** The service's clock by its Date header, epoch milliseconds; undefined without one. */
  readonly serverTimeMs: number | undefined;
}

export type Headers = Readonly<Record<string, string>>;

/** Parts that one generation of the API says in its own way. The rest of http/ is the same for all. */
export interface Dialect {
  /** Parameters, and fields of answers, whose values no error may show. */
  readonly secrets: readonly string[];
  /** Part of what makes two calls identical, where no parameter names the person: the userid behind the authorization. */
  readonly caller?: string;
  /** Retries are kept apart like all identical calls. Without it, the transport repeats as soon as its back-off says. */
  readonly guardsRetries?: true;
  /** Undefined where the answer is not the API's. `json`: undefined where the answer is no JSON. */
  readEnvelope(json: unknown, httpStatus: number): Envelope | undefined;
  /** The failure that an envelope with another status than 0 stands for. */
  failureOf(envelope: Envelope, endpoint: Endpoint, head: Head): Failure;
  /** Headers of each try; no error shows their values. */
  authorize?(options: CallOptions): Promise<Headers>;
  /** Gets a new authorization in place of one that was refused (`isUnauthorized`); the call is then sent once more, and only once. */
  refresh?(refused: Headers, options: CallOptions): Promise<void>;
}
