import type { Dialect } from "../http/dialect.ts";
import { LIMITS } from "../limits.ts";
import { rejection } from "./statuses.ts";
import { wbsEnvelope } from "./wire/envelope.ts";

/** Statuses that pass by themselves, and how long that takes at least, in milliseconds. */
const PASSING: Readonly<Record<number, number>> = { 284: 0, 522: 0, 601: LIMITS.tooManyRequestsWaitMs };

/** How the original API answers. Authorization is a parameter here: `publickey`. */
export const wbsDialect: Dialect = {
  // A callback URL holds a secret path.
  secrets: ["publickey", "hash", "email", "callbackurl"],
  // Services were seen to send their JSON with HTTP 403: only the JSON counts.
  readEnvelope: (json) => wbsEnvelope.safeParse(json).data,
  failureOf({ status }, endpoint) {
    const error = rejection(status, endpoint);
    const waitAtLeastMs = PASSING[status];
    return waitAtLeastMs === undefined ? { error, repeat: "never" } : { error, repeat: "harmless", waitAtLeastMs };
  },
};
