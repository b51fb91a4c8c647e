// The simulator's log in words.

/** What somebody did, by call. */
const CALLS = {
  "measure/getmeas": "fetched {whose} measures",
  "notify/subscribe": "asked to be told of {whose} changes",
  "notify/get": "checked their subscription to {whose} changes",
  "notify/list": "listed who is told of {whose} changes",
  "notify/revoke": "ended their subscription to {whose} changes",
  "user/getbyuserid": "read {whose} profile",
  "user/update": "changed {whose} sharing",
  "account/getuserslist": "listed the users of an account",
  "once/get": "fetched a one-time string",
  "once/probe": "checked that the service answers",
  "v2/oauth2/requesttoken": "got new tokens",
  "v2/oauth2/revoke": "ended a consent",
  "v2/signature/getnonce": "checked its ClientID and Secret",
  "v2/user/getdevice": "read {whose} devices",
  "v2/user/getgoals": "read {whose} goals",
  "v2/measure/confirmuser": "said whose a weigh-in of {whose} is",
};

/** An answer that only says that there is none: nothing went wrong. */
const NONE = { "notify/get": 286, "notify/revoke": 294 };

/** Gives the kind, the mark, the words and the small print. `nameOf` knows people by their userid. */
export function told(entry, nameOf) {
  if (entry.kind === "deed") return ["deed", "●", entry.words, ""];
  return entry.kind === "callback" ? toldCallback(entry) : toldCall(entry, nameOf);
}

function toldCallback({ isProbe, person, application, answer, tookMs, try: tries, url }) {
  const whom = application === undefined ? "a subscriber" : `the application ${application}`;
  const what = isProbe ? "The cloud tried the callback URL" : `The cloud told ${whom} that ${person}’s data changed`;
  const answered = answer === null ? "nobody answered" : `it answered ${answer} in ${Math.round(tookMs)} ms`;
  const isGood = answer === 200;
  const again = tries > 1 ? ` (try ${tries})` : "";
  return [isGood ? "good" : "bad", isGood ? "→" : "✕", `${what}${again}: ${answered}`, url];
}

function toldCall({ service, action, application, person, parameters, status, reason = "" }, nameOf) {
  const call = `${service}/${action}`;
  const { userid } = parameters;
  const known = person ?? (userid === undefined ? undefined : (nameOf(userid) ?? `userid ${userid}`));
  const whose = known === undefined ? "somebody’s" : `${known}’s`;
  const words = `${application === undefined ? "Somebody" : `The application ${application}`} ${CALLS[call]?.replace("{whose}", whose) ?? `called ${call}`}`;
  const small = [call, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)].join(" ");
  if (status === 0) return ["good", "←", words, small];
  if (status === NONE[call]) return ["", "←", `${words}: there is none (status ${status})`, small];
  const refused = status === -1 ? reason : `refused with status ${status}, ${reason}`;
  return ["bad", "✕", `${words}: ${refused}`, small];
}
