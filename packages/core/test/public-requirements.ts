import type { Requirement } from "./requirement.ts";

const PUBLIC = "Withings public API documentation";

/** Facts of today's API itself. */
export const publicRequirements = {
  "PUB-AUTH-1": {
    fact: "The authorize URL carries a state and comma-separated scopes; the code is exchanged within 30 s.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-2": {
    fact: "A refresh replaces the refresh token: the new pair is durable before its access token is used.",
    source: `${PUBLIC}, OAuth 2.0, refresh`,
  },
  "PUB-AUTH-3": {
    fact: "A grant is refreshed by one caller at a time, and a failed write never loses the pair.",
    source: `${PUBLIC}, OAuth 2.0, refresh`,
  },
  "PUB-AUTH-4": {
    fact: "userid may come as string or number; csrf_token is ignored.",
    source: `${PUBLIC}, OAuth 2.0, token answer`,
  },
  "PUB-AUTH-5": {
    fact: "Status 401 refreshes once and repeats once; 503 with an invalid refresh token asks for consent again.",
    source: `${PUBLIC}, response status`,
  },
  "PUB-AUTH-6": {
    fact: "The state is good once and checked; no secret or token shows in a URL, log or error.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-7": {
    fact: "A token answer without access or refresh token, or with another userid than the grant's, changes nothing in the store.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-8": {
    fact: "Expiry is counted from when the request went out, with a margin; a refresh due is made before the call, not after a 401.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-9": {
    fact: 'An expired access token with a live refresh token is never reported as "authorize again".',
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-10": {
    fact: "After a refused refresh the store is read again: a newer pair of another process is used instead of asking the person.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-11": {
    fact: "A lost answer to a refresh repeats the same refresh token after ≥ 12 s: the old one lives until the new access token is used.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-12": {
    fact: "Killed between answer and store: the next start refreshes with the stored old pair.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-13": {
    fact: "Disk full at the token write: the new pair stays in memory unused, the old one on disk stays whole, the write is tried again, the operator is told; once written, work goes on without a further refresh.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-14": {
    fact: "Power cut during the write leaves the old or the new pair, never neither: draft, fsync, rename, fsync of the directory; mode 0600.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-15": {
    fact: "No token is refreshed because a process starts, a form is opened or a test is run, while the access token is good.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-16": {
    fact: "A grant that ended is kept, marked, shown with its remedy, tried again at long intervals, and used again at once when authorize stores a new one, without a restart.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-17": {
    fact: "One grant per (application, userid): authorizing the same person again replaces it for whoever runs.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-18": {
    fact: 'Revoke is signed with client id, nonce and userid; success and "already gone" both drop the stored grant.',
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-19": {
    fact: "Error=access_denied (and any error) at the redirect ends the attempt in words.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-20": {
    fact: "A lacking scope is told before the first call (granted scope against wanted) and when a call is refused with 403: consent again, naming the scope.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-21": {
    fact: "Mode=demo authorizes the demo person without a Withings login.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-AUTH-22": {
    fact: "The refresh token's year is watched: 30 days before its end without a refresh the operator is told.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-LIMIT-1": {
    fact: "The 120 calls a minute of an application hold across all people.",
    source: `${PUBLIC}, rate limits`,
  },
  "PUB-LIMIT-2": {
    fact: "601 for the same arguments waits 12 s or more, any other 601 a minute; HTML, 5xx and timeouts back off without asking for consent.",
    source: `${PUBLIC}, response status`,
  },
  "PUB-LIMIT-3": {
    fact: "No identical call (service, action, arguments, person) leaves sooner than 12 s after the one before, whoever asked: retry, button, two nodes, start after stop in one process, refresh.",
    source: `${PUBLIC}, rate limits`,
  },
  "PUB-LIMIT-4": {
    fact: "A wait longer than the call's patience is given back to the caller, with its length.",
    source: `${PUBLIC}, rate limits`,
  },
  "PUB-LIMIT-5": {
    fact: "601 is never reported as a problem of the account.",
    source: `${PUBLIC}, rate limits`,
  },
  "PUB-LIMIT-6": {
    fact: "People of two applications do not wait for each other.",
    source: `${PUBLIC}, rate limits`,
  },
  "PUB-MEAS-1": {
    fact: "lastupdate never goes with startdate or enddate; paging resends the parameters and stops when the offset does not advance.",
    source: `${PUBLIC}, measure/getmeas`,
  },
  "PUB-MEAS-2": {
    fact: "Groups come unsorted, several can make one weigh-in, and a type and position can come twice.",
    source: `${PUBLIC}, measure/getmeas answer`,
  },
  "PUB-MEAS-3": {
    fact: "Every documented measure type has a name, unit and body position; others are kept.",
    source: `${PUBLIC}, measure types`,
  },
  "PUB-MEAS-4": {
    fact: "Every documented attribution has a name; others are data.",
    source: `${PUBLIC}, attributions`,
  },
  "PUB-MEAS-5": {
    fact: "model_id and modelid, a null device and false for an absent number are accepted.",
    source: `${PUBLIC}, measure/getmeas answer`,
  },
  "PUB-MEAS-6": {
    fact: "Position 7 on a type without segments is no position: Body Scan and Body+ publish the same keys; segments keep theirs.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-7": {
    fact: "Units −6 to 2 decode exactly, mixed in one group; 53800003 at −6 is 53.800003 kg and shows as 53.80.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-8": {
    fact: "A manual group's fat mass 0 with fat ratio 0 is no measurement: weight counts, composition does not.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-9": {
    fact: "Sync asks for category 1 and all types: a type filter cuts measures out of a group and would look like an edit.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-10": {
    fact: "The smallest updatetime of a walk feeds the next lastupdate; it is never taken for the server's clock.",
    source: `${PUBLIC}, measure/getmeas answer`,
  },
  "PUB-MEAS-11": {
    fact: "A group that arrives days late (phone relay) is found by the poll, told as back-dated, and does not overwrite newer values.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-12": {
    fact: "What changes while pages are walked is found by the same or the next poll, nothing twice.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-13": {
    fact: "Ids above 2³² and below 2⁵³ are exact, in store, topics and MQTT requests.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-14": {
    fact: "130's codes have names; position 0–31 have names; unknown ones are numbers.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-15": {
    fact: "An answer with status 0 and nothing in it is no error and no deletion outside the window that was asked for.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-16": {
    fact: "Companions with the weigh-in's second are one event with it, whatever their order and however they are split over pages or polls.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-17": {
    fact: "PWV of attrib 8 without and attrib 10 with a position at one second are two values.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-MEAS-18": {
    fact: "Confirmuser tells the service of a claim (1) and a refusal (0); its failure does not undo the local verdict.",
    source: `${PUBLIC}, measure`,
  },
  "PUB-NOTIFY-1": {
    fact: "Subscriptions are made, read, listed, updated and revoked per appli; only our own callback URLs are touched.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-2": {
    fact: "HEAD is answered 200, POST within 2 s, and the several POSTs of a weigh-in become one sync.",
    source: `${PUBLIC}, notify, callback`,
  },
  "PUB-NOTIFY-3": {
    fact: "appli 46 with delete or unlink stops the person, drops the tokens and shows why.",
    source: `${PUBLIC}, notify, user actions`,
  },
  "PUB-NOTIFY-4": {
    fact: "A subscription that vanished is found within a day and made again.",
    source: `${PUBLIC}, notify, failures`,
  },
  "PUB-NOTIFY-5": {
    fact: "A callback without startdate and enddate (46, 16, 50–55, 63 or new) is never answered ≥ 400 when the path is right: counted, 200.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-6": {
    fact: "Subscribes of an application keep 5 s between each other, revokes 1 s, over all people.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-7": {
    fact: "Expires 2147483647 and null comment are no expiry and no comment, in reports, topics and log.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-8": {
    fact: "Where some applis are subscribed and one is refused, the report names it and polls stay frequent.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-9": {
    fact: "A foreign profile of the same application is reported once (another installation shares the application) and left alone.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-10": {
    fact: "293 names scheme, host name, port and reachability as what to check; polling goes on meanwhile.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-11": {
    fact: "Without a public https URL nothing is subscribed and nothing is said to be wrong; polls every 10–15 min, and one at once on request.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-12": {
    fact: "A callback of an unknown userid, or of a userid of another account than its path, does nothing and answers as for a known one.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-NOTIFY-13": {
    fact: "Callback URL rules of the generation: https, name, 443 or 80, ≤ 255; loopback is allowed where the base URL is loopback.",
    source: `${PUBLIC}, notify`,
  },
  "PUB-REST-1": {
    fact: "Every call is a POST form with an action; secrets and tokens travel in the body or the Authorization header, never in a URL.",
    source: `${PUBLIC}, introduction`,
  },
  "PUB-REST-2": {
    fact: "Data calls carry Authorization: Bearer; oauth2 and signature carry none.",
    source: `${PUBLIC}, introduction`,
  },
  "PUB-REST-3": {
    fact: "Every status but 0 becomes an error with code, meaning, service, action, actor and remedy; an unknown one is status_<n>, actor service.",
    source: `${PUBLIC}, response status`,
  },
  "PUB-REST-4": {
    fact: "Codes are read with the table of this generation; one that it lacks falls back to its family, and 503 is no outage.",
    source: `${PUBLIC}, response status`,
  },
  "PUB-REST-5": {
    fact: "The error text of an answer tells 503 and 601 apart, and is carried without secrets.",
    source: `${PUBLIC}, response status`,
  },
  "PUB-REST-6": {
    fact: "A base URL that is not https is refused, but for this machine.",
    source: `${PUBLIC}, introduction`,
  },
  "PUB-REST-7": {
    fact: "Redirects are not followed: they would carry the token to another host.",
    source: `${PUBLIC}, introduction`,
  },
  "PUB-REST-8": {
    fact: "HTML, an empty body, HTTP 5xx, 429 and timeouts are outages: repeated with back-off, tokens untouched.",
    source: `${PUBLIC}, response status`,
  },
  "PUB-SIGN-1": {
    fact: "Calls that need it carry a nonce and an HMAC-SHA256 signature; a signed nonce proves client id and secret.",
    source: `${PUBLIC}, signature`,
  },
  "PUB-SIGN-2": {
    fact: "A wrong clock is told apart from a wrong secret by the answer's Date header.",
    source: `${PUBLIC}, signature`,
  },
  "PUB-STORE-1": {
    fact: "One contract suite for every token store (memory, file; SQLite if kept): read, durable write, list, remove, exclusive section across processes, compare by revision.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-STORE-2": {
    fact: "The exclusive section ends with the process that held it, also by kill -9; nobody waits for a dead one longer than seconds.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-STORE-3": {
    fact: "A token file that is readable by others, torn, of a later version, or not ours is refused with a remedy, never overwritten.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-USER-1": {
    fact: "user/getdevice gives battery and last session, user/getgoals the goals, [] without any.",
    source: `${PUBLIC}, user`,
  },
  "PUB-USER-2": {
    fact: "A weight goal that changed is target_set; one that ended is cleared.",
    source: `${PUBLIC}, user/getgoals`,
  },
  "PUB-USER-3": {
    fact: "A model's name is the answer's text, else the table's, else its number.",
    source: `${PUBLIC}, user`,
  },
  "PUB-USER-4": {
    fact: 'No data for long while getdevice\'s last session is fresh is told as "the scale talks to Withings, but nothing arrives" (entitlement, membership, other person).',
    source: `${PUBLIC}, user`,
  },
} as const satisfies Record<string, Requirement>;
