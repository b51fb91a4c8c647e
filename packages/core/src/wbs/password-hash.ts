import { createHash } from "node:crypto";

const md5 = (text: string) => createHash("md5").update(text, "utf8").digest("hex");

export interface PasswordProof {
  readonly email: string;
  readonly password: string;
  /** From once/get; a new one for each use. */
  readonly once: string;
}

/** Hash that account/getuserslist takes instead of the password. The API prescribes MD5. */
export function hashPassword({ email, password, once }: PasswordProof): string {
  return md5(`${email.toLowerCase()}:${md5(password)}:${once}`);
}
