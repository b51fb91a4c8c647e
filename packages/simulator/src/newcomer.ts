import { createHash } from "node:crypto";
import type { PersonDetails } from "./person.ts";

/** A person who is added by name: the same key and account at every start, so that what was configured with them goes on working. */
export function newcomer(name: string): PersonDetails & { readonly email: string; readonly password: string } {
  const publicKey = createHash("sha256").update(`publickey of ${name}`).digest("hex").slice(0, 16);
  return { publicKey, email: `${mailbox(name)}@example.org`, password: "demo" };
}

/** `Mary Ann` is `mary.ann`, `Zoë` is `zoe`. */
function mailbox(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu)?.join(".") ?? "somebody";
}
