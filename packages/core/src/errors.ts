import { type Actor, type ErrorCode, entryOf } from "./error-codes.ts";

export interface ErrorDetails<Code extends string = ErrorCode> {
  /** Stable, for `switch` and for a Catch node; never changes its meaning. */
  readonly code: Code;
  /** An instruction in words for the actor. */
  readonly remedy: string;
  readonly cause?: unknown;
  /** Trying again sooner is of no use, milliseconds from now. */
  readonly retryAfterMs?: number;
}

/** The base of every error that this package throws on purpose; hosts extend it with codes of their own. Never carries a secret. */
export abstract class WeighbridgeError<Code extends string = string> extends Error {
  abstract readonly actor: Actor;
  readonly code: Code;
  readonly remedy: string;
  /** Trying again sooner is of no use, milliseconds; undefined where nothing is known. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { code, remedy, cause, retryAfterMs }: ErrorDetails<Code>) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = remedy;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The details of one of this package's errors; the table of codes has the remedy where none is given. */
type OwnDetails = Omit<ErrorDetails, "remedy"> & { readonly remedy?: string };

abstract class CoreError extends WeighbridgeError<ErrorCode> {
  constructor(message: string, details: OwnDetails) {
    super(message, { remedy: entryOf(details.code).remedy, ...details });
  }
}

/** The call itself is wrong: a parameter that the API would refuse. Thrown before anything is sent. */
export class InvalidCallError extends CoreError {
  readonly actor = "caller";
}

/** The call that a status answers. */
export interface Endpoint {
  readonly service: string;
  readonly action: string;
}

interface RejectedDetails extends OwnDetails, Endpoint {
  readonly status: number;
  readonly meaning: string;
}

/** The service answered with a status other than 0. An unknown status has the code `status_<number>`. */
export class RejectedError extends CoreError {
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
    this.actor = entryOf(details.code).actor;
    this.status = details.status;
    this.meaning = details.meaning;
    this.service = details.service;
    this.action = details.action;
  }
}

/** No answer came: connection refused or lost (`network`), or too slow (`timeout`). Waiting helps. */
export class UnreachableError extends CoreError {
  readonly actor = "service";
}

/** Something answered, but not as the API does (`unexpected_response`), or paging did not end (`paging_stuck`, `too_many_pages`). */
export class UnexpectedResponseError extends CoreError {
  readonly actor = "service";
}

/** There is no consent that works: a person has to give it, or to give it again. */
export class NotAuthorizedError extends CoreError {
  readonly actor = "person";
}

/** Tokens cannot be read from where they are kept, or written there. What is stored stays as it is. */
export class TokensNotKeptError extends CoreError {
  readonly actor = "operator";
}

/** The call was not sent: the service asked for more patience than the call has. `retryAfterMs` says how much. */
export class PostponedError extends CoreError {
  readonly actor = "service";

  constructor(retryAfterMs: number) {
    super(`the call was not sent: the service asked for ${Math.ceil(retryAfterMs / 1000)} s without it`, {
      code: "too_many_requests",
      retryAfterMs,
    });
  }
}

/** A fault with its remedy, in words that may be shown and logged. */
export interface Problem<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
  readonly remedy: string;
}

/** The problem of anything that was thrown. A foreign error may hold secrets: only its kind and place are kept. */
export function problemOf(error: unknown): Problem {
  if (error instanceof WeighbridgeError) {
    const { code, message, remedy } = error;
    return { code, message, remedy };
  }
  const [name, place] = error instanceof Error ? [error.name, placeOf(error)] : [typeof error, ""];
  return { code: "unexpected", message: `unexpected ${name}${place}`, remedy: entryOf("unexpected").remedy };
}

/** File, line and column that threw, without the path to the file. */
function placeOf({ stack = "" }: Error): string {
  const place = /^\s+at .*?([\w.-]+:\d+:\d+)\)?$/m.exec(stack)?.[1];
  return place === undefined ? "" : ` in ${place}`;
}
