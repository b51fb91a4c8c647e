/**
 * Who can make it work again.
 * - `person`: the owner of the account (sharing switched off, password changed)
 * - `operator`: who runs this installation (a wrong setting, a wrong URL)
 * - `caller`: the code that called us
 * - `service`: the API itself; waiting helps
 */
export type Actor = "person" | "operator" | "caller" | "service";

export interface ErrorDetails {
  /** Stable, for `switch` and for a Catch node; never changes its meaning. */
  readonly code: string;
  /** What to do, in words for the actor. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** The base of every error that this package throws on purpose. Never carries a secret. */
export abstract class WeighbridgeError extends Error {
  abstract readonly actor: Actor;
  readonly code: string;
  readonly remedy: string;

  constructor(message: string, { code, remedy, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = remedy;
  }
}

/** The call itself is wrong: a parameter that the API would refuse. Thrown before anything is sent. */
export class InvalidCallError extends WeighbridgeError {
  readonly actor = "caller";
}

/** Where a status came from. */
export interface Endpoint {
  readonly service: string;
  readonly action: string;
}

interface RejectedDetails extends ErrorDetails, Endpoint {
  readonly actor: Actor;
  readonly status: number;
  readonly meaning: string;
}

/** The service answered with a status other than 0. An unknown status has the code `status_<number>`. */
export class RejectedError extends WeighbridgeError {
  readonly actor: Actor;
  readonly status: number;
  readonly meaning: string;
  readonly service: string;
  readonly action: string;

  constructor(details: RejectedDetails) {
    super(
      `${details.service}/${details.action} was refused with status ${details.status}: ${details.meaning}`,
      details,
    );
    this.actor = details.actor;
    this.status = details.status;
    this.meaning = details.meaning;
    this.service = details.service;
    this.action = details.action;
  }
}

/** No answer came: connection refused or lost (`network`), or too slow (`timeout`). Waiting helps. */
export class UnreachableError extends WeighbridgeError {
  readonly actor = "service";
}

/** Something answered, but not as the API does (`unexpected_response`), or paging did not end (`paging_stuck`, `too_many_pages`). */
export class UnexpectedResponseError extends WeighbridgeError {
  readonly actor = "service";
}
