/** Today's API answers with this status and these words. */
export class PublicRefusal extends Error {
  readonly status: number;
  /** Of the body beside the status. */
  readonly body: object;
  /** Most come with HTTP 200. */
  readonly httpStatus: number;

  constructor(
    status: number,
    words: string,
    { body = {}, httpStatus = 200 }: { body?: object; httpStatus?: number } = {},
  ) {
    super(words);
    this.status = status;
    this.body = body;
    this.httpStatus = httpStatus;
  }
}

export const invalidParams = (what: string) => new PublicRefusal(503, `Invalid Params: ${what}`);
export const unauthorized = () =>
  new PublicRefusal(401, "XRequestID: Not provided invalid_token: The access token provided is invalid");
export const lacksScope = () => new PublicRefusal(403, "Insufficient_scope", { httpStatus: 403 });
export const tooManyCalls = () => new PublicRefusal(601, "Too many requests");
export const sameArguments = (seconds: number) =>
  new PublicRefusal(601, "Same arguments in less than 10 seconds", { body: { wait_seconds: seconds } });
export const wrongSignature = () => new PublicRefusal(342, "The signature (using Oauth) is invalid");
