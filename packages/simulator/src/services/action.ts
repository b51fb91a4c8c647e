import type { Parameters } from "../parameters.ts";
import type { Person } from "../person.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";

/** Judges the parameters, acts, and gives the body of the answer; throws a Refusal. */
export type Action = (parameters: Parameters, world: World) => object | undefined | Promise<object | undefined>;

const ABSENT_OR_INCORRECT = 247;
const NO_MATCH = 250;

/** The person whose userid and publickey were sent. */
export function identified(parameters: Parameters, world: World): Person {
  const userId = parameters.required("userid", ABSENT_OR_INCORRECT);
  const publicKey = parameters.text("publickey");
  if (!/^[1-9]\d{0,14}$/.test(userId)) throw new Refusal(ABSENT_OR_INCORRECT, `userid is not a number: ${userId}`);
  const person = world.byUserId(Number(userId));
  if (person === undefined) throw new Refusal(ABSENT_OR_INCORRECT, `nobody has the userid ${userId}`);
  if (publicKey === undefined) throw new Refusal(NO_MATCH, "publickey is absent");
  if (publicKey !== person.publicKey) throw new Refusal(NO_MATCH, "the publickey is not the one of this userid");
  return person;
}

/** The same, where the person also shares their data. */
export function sharing(parameters: Parameters, world: World): Person {
  const person = identified(parameters, world);
  if (!person.isSharing) throw new Refusal(NO_MATCH, `${person.name} does not share`);
  return person;
}
