/** Userid and key, which name a user in nearly every call of the original API. */
export interface WbsCredentials {
  readonly userId: number;
  /** A secret: reads everything of this user. */
  readonly publicKey: string;
}

/** As they travel. */
export const credentials = ({ userId, publicKey }: WbsCredentials) => ({
  userid: String(userId),
  publickey: publicKey,
});
