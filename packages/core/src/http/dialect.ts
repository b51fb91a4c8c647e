import type { Endpoint } from "../errors.ts";
import type { Failure } from "./retry.ts";

/** Content of an answer beside its HTTP head. */
interface Envelope {
  /** 0 is success. */
  readonly status: number;
  readonly body?: unknown;
}

/** Parts that one generation of the API says in its own way. The rest of http/ is the same for all. */
export interface Dialect {
  /** Parameters whose values no error may show. */
  readonly secrets: readonly string[];
  /** Part of what makes two calls identical, where no parameter names the person: the userid behind the authorization. */
  readonly caller?: string;
  /** Undefined where the answer is not the API's. `json`: undefined where the answer is no JSON. */
  readEnvelope(json: unknown, httpStatus: number): Envelope | undefined;
  /** The failure that an envelope with another status than 0 stands for. */
  failureOf(envelope: Envelope, endpoint: Endpoint): Failure;
  /** Headers of each try; no error shows their values. */
  authorize?(): Promise<Readonly<Record<string, string>>>;
  /** Gets a new authorization after a failure with `isUnauthorized`; the call is then sent once more, and only once. */
  refresh?(): Promise<void>;
}
