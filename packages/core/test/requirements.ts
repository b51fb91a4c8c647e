import { publicHostRequirements } from "./public-host-requirements.ts";
import { publicRequirements } from "./public-requirements.ts";
import type { Requirement } from "./requirement.ts";

const WBS = "WBS API document";
const SEEN = "WBS API as its clients and servers spoke it";
const PUBLIC = "Withings public API documentation";

/** Every fact of the two APIs that Weighbridge honours. A test proves one by starting its title with the id. */
export const requirements = {
  "WBS-REST-1": {
    fact: "A request goes to [base]/[service] with an action and parameters, as GET query or as POST form.",
    source: `${WBS}, introduction`,
  },
  "WBS-REST-2": {
    fact: "Every call carries an action, and every value is percent-encoded once.",
    source: `${WBS}, introduction`,
  },
  "WBS-REST-3": {
    fact: "Every answer is JSON with a status; its body may be absent or empty.",
    source: `${WBS}, introduction`,
  },
  "WBS-REST-4": {
    fact: "Status 0 is success; any other becomes an error that says code, meaning, service, action and who must act.",
    source: `${WBS}, error codes`,
  },
  "WBS-REST-5": { fact: "A status that no table has is kept in the error.", source: `${SEEN}, status codes` },
  "WBS-REST-6": {
    fact: "JSON counts whatever the content type and HTTP status; anything else is an unexpected response with an excerpt.",
    source: `${SEEN}, transport`,
  },
  "WBS-REST-7": {
    fact: "The statuses 0, 100, 247, 250, 264, 284, 286, 293, 294, 304, 2554 and 2555 have names and texts.",
    source: `${WBS}, error codes; ${SEEN}, status codes`,
  },
  "WBS-ONCE-1": { fact: "once/probe tells whether the service answers.", source: `${WBS}, once/probe` },
  "WBS-ONCE-2": { fact: "once/get gives a string that is good once.", source: `${SEEN}, once/get` },
  "WBS-ACCT-1": {
    fact: "account/getuserslist takes email and hash; the password stays in the process, unstored and unlogged.",
    source: `${WBS}, account/getuserslist`,
  },
  "WBS-ACCT-2": {
    fact: "The hash is md5(lowercase email : md5(password) : once) in hex, leading zeros kept.",
    source: `${SEEN}, account/getuserslist`,
  },
  "WBS-ACCT-3": {
    fact: "An account holds several users; each has an id and a publickey, and perhaps more.",
    source: `${WBS}, account/getuserslist`,
  },
  "WBS-ACCT-4": {
    fact: "A wrong hash (100) and an unknown email (264) are different errors.",
    source: `${SEEN}, account/getuserslist`,
  },
  "WBS-USER-1": {
    fact: "user/getbyuserid gives names, gender, birth date and sharing.",
    source: `${WBS}, user/getbyuserid`,
  },
  "WBS-USER-2": {
    fact: "user/update with ispublic 1 or 0 turns sharing on or off; what is read is a bit mask by device.",
    source: `${WBS}, user/update; ${SEEN}, user`,
  },
  "WBS-USER-3": {
    fact: "Turning sharing off replaces the publickey, and the caller learns that.",
    source: `${SEEN}, user/update`,
  },
  "WBS-MEAS-1": {
    fact: "measure/getmeas needs userid and publickey; absent or wrong ones give 247 or 250.",
    source: `${WBS}, measure/getmeas`,
  },
  "WBS-MEAS-2": {
    fact: "startdate and enddate filter on the measuring date, each alone and both together.",
    source: `${WBS}, measure/getmeas`,
  },
  "WBS-MEAS-3": { fact: "meastype asks for one type.", source: `${WBS}, measure/getmeas` },
  "WBS-MEAS-4": {
    fact: "lastupdate asks for what was added or modified since.",
    source: `${WBS}, measure/getmeas`,
  },
  "WBS-MEAS-5": {
    fact: "category 1 asks for measures, 2 for objectives, neither for both.",
    source: `${WBS}, measure/getmeas`,
  },
  "WBS-MEAS-6": { fact: "limit works alone: limit=1 is the newest group.", source: `${WBS}, measure/getmeas` },
  "WBS-MEAS-7": {
    fact: "limit and offset walk a large set newest first, without loss or repeat, also while groups are added.",
    source: `${WBS}, measure/getmeas`,
  },
  "WBS-MEAS-8": {
    fact: "Groups come newest date first; their ids do not follow time.",
    source: `${WBS}, measure/getmeas; ${SEEN}, measure/getmeas`,
  },
  "WBS-MEAS-9": {
    fact: "A group has an id, an attribution, a date, a category and measures.",
    source: `${WBS}, measure group fields`,
  },
  "WBS-MEAS-10": {
    fact: "Attributions 0, 1 (ambiguous), 2 (manual) and 4 (at user creation) have names; others are kept.",
    source: `${WBS}, attribution status table`,
  },
  "WBS-MEAS-11": {
    fact: "Types 1, 4, 5, 6 and 8 have names and the units kg, m, kg, % and kg; others are kept.",
    source: `${WBS}, measure types table`,
  },
  "WBS-MEAS-12": {
    fact: "A value is value × 10^unit, exact in decimal, for negative, zero and positive units.",
    source: `${WBS}, measure fields`,
  },
  "WBS-MEAS-13": {
    fact: "The document's example answer decodes whole.",
    source: `${WBS}, measure/getmeas example`,
  },
  "WBS-MEAS-14": {
    fact: "updatetime feeds the next lastupdate.",
    source: `${WBS}, measure/getmeas example; ${SEEN}, dates`,
  },
  "WBS-MEAS-15": {
    fact: "Values come in SI units, and are converted to pounds, stone, feet and inches on request.",
    source: `${WBS}, note on units`,
  },
  "WBS-NOTIFY-1": {
    fact: "notify/subscribe takes userid, publickey, a callback URL of at most 128 characters encoded once, and a comment in UTF-8.",
    source: `${WBS}, notify/subscribe`,
  },
  "WBS-NOTIFY-2": {
    fact: "The refusals 247, 250, 293, 304 and 2555 of subscribe are told apart, each with what to do.",
    source: `${WBS}, notify/subscribe`,
  },
  "WBS-NOTIFY-3": {
    fact: "A notification is a POST with userid, startdate and enddate, and both dates go into a getmeas.",
    source: `${WBS}, notify/subscribe`,
  },
  "WBS-NOTIFY-4": {
    fact: "It comes when a measure or an objective is added, modified or deleted.",
    source: `${WBS}, notifications`,
  },
  "WBS-NOTIFY-5": {
    fact: "A subscription lasts three weeks and is renewed in time; notify/get tells its expiry.",
    source: `${WBS}, notifications`,
  },
  "WBS-NOTIFY-6": {
    fact: "notify/get gives expiry and comment; 286 and 343 mean that there is none.",
    source: `${WBS}, notify/get; ${SEEN}, notify`,
  },
  "WBS-NOTIFY-7": {
    fact: "notify/revoke ends a subscription; 294 means there was none, and counts as done.",
    source: `${WBS}, notify/revoke`,
  },
  "WBS-NOTIFY-8": {
    fact: "A user who does not share cannot be subscribed to, and one user has at most 16 subscribers.",
    source: `${WBS}, notifications`,
  },
  "WBS-NOTIFY-9": {
    fact: "While subscribing, the callback URL may be called without userid, and by HEAD and GET, and answers 200.",
    source: `${SEEN}, callback; ${PUBLIC}, notifications`,
  },
  ...publicRequirements,
  ...publicHostRequirements,
} as const satisfies Record<string, Requirement>;
