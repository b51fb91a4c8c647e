import { createHash } from "node:crypto";
import { Refusal } from "../refusal.ts";
import type { Action } from "./action.ts";
import { userBody } from "./user.ts";

const WRONG_HASH = 100;
const UNKNOWN_EMAIL = 264;

const md5 = (text: string) => createHash("md5").update(text, "utf8").digest("hex");

/** Worked out here from the document, so that a mistake in the client's hash is not repeated. */
const proof = (email: string, password: string, once: string) => md5(`${email.toLowerCase()}:${md5(password)}:${once}`);

export const getuserslist: Action = (parameters, world) => {
  const email = parameters.required("email", UNKNOWN_EMAIL);
  const hash = parameters.required("hash", WRONG_HASH);
  parameters.end();
  const users = world.byEmail(email);
  const password = users.find(({ details }) => details.password !== undefined)?.details.password;
  if (password === undefined) throw new Refusal(UNKNOWN_EMAIL, `no account has the email ${email}`);
  const once = world.onces.find((candidate) => proof(email, password, candidate) === hash);
  if (once === undefined) throw new Refusal(WRONG_HASH, "the hash fits no one-time string that may still be used");
  world.useOnce(once);
  return { users: users.map((person) => ({ ...userBody(person), publickey: person.publicKey })) };
};
