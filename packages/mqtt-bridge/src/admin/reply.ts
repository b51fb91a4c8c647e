import type { ServerResponse } from "node:http";
import type { ErrorAnswer } from "./contract.ts";

/** An answer, before it is written. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Goes on writing after the headers, in place of a body. */
  readonly stream?: (response: ServerResponse) => void;
}

const JSON_TYPE = "application/json; charset=utf-8";

/** Text that is JSON already. */
export const jsonText = (body: string | Buffer, status = 200): Reply => ({
  status,
  headers: { "content-type": JSON_TYPE },
  body,
});

export const json = <A extends object>(answer: A, status = 200): Reply => jsonText(JSON.stringify(answer), status);

/** A request that is refused: the caller can act on it. */
export class AdminError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    remedy: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "AdminError";
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.headers = headers;
  }

  get reply(): Reply {
    const { status, code, message, remedy, headers } = this;
    const answer: ErrorAnswer = { error: { code, message, remedy } };
    const { body, headers: own } = json(answer);
    return { status, headers: { ...own, ...headers }, body };
  }
}

/** A parameter that cannot be read. */
export const invalid = (message: string, remedy: string): AdminError => new AdminError(400, "invalid", message, remedy);
