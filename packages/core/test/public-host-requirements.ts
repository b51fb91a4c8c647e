import type { Requirement } from "./requirement.ts";

const PUBLIC = "Withings public API documentation";

/** Facts of today's API that hosts, the command line, the nodes and the simulator honour. */
export const publicHostRequirements = {
  "PUB-CLI-1": {
    fact: "Authorize verifies client id and secret before the browser opens, receives the redirect on loopback (IPv4 and IPv6), exchanges at once, and names person, devices and last weigh-in.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-CLI-2": {
    fact: "A taken port, a browser on another machine, no browser: the URL is printed, the pasted redirect (whole URL or code) is taken within 30 s, a stale one starts over with a fresh link.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-CLI-3": {
    fact: "What was pasted wrongly (authorize URL, state of another attempt, code of before) is named, not exchanged.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-CLI-4": {
    fact: "Authorize while the bridge runs needs no stop and no restart.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-CLI-5": {
    fact: "The person who was authorized is checked against the configuration: another userid than before, or one that another person has, is refused with the log-out link.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-CLI-6": {
    fact: "Doctor tells apart: client id or secret, clock, grant, scope, redirect, callback scheme/port/name/length/reachability, each appli, foreign installation, freshness; each with its remedy, no secret.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-HOME-1": {
    fact: "People of both generations, and of several applications, live in one household; equal userids of two accounts do not meet.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-HOME-2": {
    fact: "A configuration without accounts works as before.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-HOME-3": {
    fact: 'Client secret as client_secret_file or environment; a person without a grant is shown as "not authorized yet" with the command to run; the others work.',
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-HOME-4": {
    fact: "Removing a person revokes subscriptions and, if asked, the grant, while the token is still there.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-NODE-1": {
    fact: "*Authorize* in the editor: own token file 0600; state one-time; callback on the node side; works with adminAuth, httpAdminRoot, and pasted URL; token never in flows, credentials export or context.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-NODE-2": {
    fact: "Two account nodes, or a redeploy during a refresh, share grant, limiter and guard of one application.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-NODE-3": {
    fact: "Deleting the account node keeps the tokens; *Sign out* revokes.",
    source: `${PUBLIC}, OAuth 2.0`,
  },
  "PUB-NOT-1": {
    fact: "No signature is sent where the secret or the bearer is enough; no bearer goes to another origin.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-2": {
    fact: "Contract services are not offered: activate, link, unlink, user get, dropshipment, order, rawdata, listusers, createclient, recoverauthorizationcode, applis 53/60/98–100.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-3": {
    fact: "A foreign subscription is never revoked, also not at start or stop.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-4": {
    fact: "No subscription is revoked because the process stops.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-5": {
    fact: "No consent is asked for after an outage, a 601, a 5xx, HTML, DNS failure or a wrong clock.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-6": {
    fact: "No stored token is replaced by nothing.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-7": {
    fact: "Nothing is said to be deleted because a page, a plan or a type filter left it out.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-8": {
    fact: "No scope beyond what is used is asked for.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-9": {
    fact: "No value of a callback is published; only getmeas gives values.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-10": {
    fact: "No client id of ours is shipped; no third-party page stands in the redirect.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-NOT-11": {
    fact: "Wbs texts, base URL, limits and remedies never show for a public account, and the other way round.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-SIM-1": {
    fact: "Consent page, 30-second single-use code, rotation with the 8 h / used rule, revoke, signed nonces, demo mode.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-SIM-2": {
    fact: "401, 503, 601 (equal arguments per person, wait_seconds, 120/min), 403, 293 as recorded; HEAD check that takes only 200; several POSTs per weigh-in; loss of single applis; appli 46; retry plan of 10.",
    source: `${PUBLIC}, all services`,
  },
  "PUB-SIM-3": {
    fact: "Both generations of one person show the same groups; the way is chosen by path and by the Authorization header.",
    source: `${PUBLIC}, all services`,
  },
} as const satisfies Record<string, Requirement>;
