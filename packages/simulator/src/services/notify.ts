import { LIMITS } from "../limits.ts";
import type { Parameters } from "../parameters.ts";
import { Refusal } from "../refusal.ts";
import { type Action, sharing } from "./action.ts";

const BAD_CALLBACK_URL = 293;
const NONE_TO_DELETE = 294;
const NONE_FOUND = 286;
const BAD_COMMENT = 304;
/** Of a later edition: the original document names no status for a seventeenth subscriber. */
const TOO_MANY = 305;

export const subscribe: Action = async (parameters, world) => {
  const person = sharing(parameters, world);
  const callbackUrl = callbackUrlOf(parameters);
  const comment = commentOf(parameters);
  parameters.end();
  if (!(await world.deliveries.probe(person.name, callbackUrl)))
    throw new Refusal(BAD_CALLBACK_URL, "the callback URL did not answer a call without a userid with 200");
  if (!person.subscriptions.put(callbackUrl, comment))
    throw new Refusal(TOO_MANY, `${LIMITS.subscriptionsPerPerson} third parties watch ${person.name} already`);
  return undefined;
};

export const get: Action = (parameters, world) => {
  const person = sharing(parameters, world);
  const callbackUrl = callbackUrlOf(parameters);
  parameters.end();
  const subscription = person.subscriptions.get(callbackUrl);
  if (subscription === undefined) throw new Refusal(NONE_FOUND, "there is no such subscription");
  return { expires: subscription.expires, comment: subscription.comment };
};

export const list: Action = (parameters, world) => {
  const person = sharing(parameters, world);
  parameters.end();
  const profiles = person.subscriptions.live.map(({ callbackUrl, ...rest }) => ({ ...rest, callbackurl: callbackUrl }));
  return { profiles };
};

export const revoke: Action = (parameters, world) => {
  const person = sharing(parameters, world);
  const callbackUrl = callbackUrlOf(parameters);
  parameters.end();
  if (!person.subscriptions.remove(callbackUrl)) throw new Refusal(NONE_TO_DELETE, "there is no such subscription");
  return undefined;
};

function commentOf(parameters: Parameters): string {
  const comment = parameters.required("comment", BAD_COMMENT);
  const refuse = (reason: string): never => {
    throw new Refusal(BAD_COMMENT, `comment ${reason}`);
  };
  if (decoded(parameters.raw("comment")) === undefined) refuse("is not percent-encoded UTF-8");
  if ([...comment].length > LIMITS.commentCharacters) refuse("is too long");
  if (wasEncodedTwice(comment)) refuse("was percent-encoded twice");
  return comment;
}

function callbackUrlOf(parameters: Parameters): string {
  const url = parameters.required("callbackurl", BAD_CALLBACK_URL);
  const refuse = (reason: string): never => {
    throw new Refusal(BAD_CALLBACK_URL, `callbackurl ${reason}: ${url}`);
  };
  const raw = parameters.raw("callbackurl");
  if (/[:/?#@]/.test(raw) || decoded(raw) === undefined) refuse("is not percent-encoded");
  if (url.length > LIMITS.callbackUrlCharacters) refuse(`has more than ${LIMITS.callbackUrlCharacters} characters`);
  if (/^https?%3a/i.test(url)) refuse("was percent-encoded twice");
  if (url.includes("#")) refuse("has a part after #");
  if (!/^https?:\/\/\S+$/i.test(url) || URL.parse(url) === null) refuse("is no http URL");
  return url;
}

/** Undefined where it is no percent-encoded UTF-8. */
function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/** Encoding leaves nothing but these characters: a text with a space beside its escapes was meant so. */
const wasEncodedTwice = (text: string) =>
  /^(?:[\w.!~*'()+-]|%[0-9a-f]{2})*$/i.test(text) && text.includes("%") && decoded(text) !== undefined;
