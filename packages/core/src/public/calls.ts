import type { Call } from "../http/transport.ts";
import { confirmUserRequest, getMeasRequest } from "./wire/measure.ts";
import { getRequest, listRequest, revokeRequest, subscribeRequest, updateRequest } from "./wire/notify.ts";
import { codeRequest, nonceRequest, refreshRequest, revokeRequest as revokeGrantRequest } from "./wire/oauth.ts";
import { noParameters } from "./wire/user.ts";

/**
 * Every call of today's API that this package makes. `isRepeatable`: safe to send again after a lost answer. A code works once; a refresh
 * token goes on working until its successor is used.
 */
export const CALLS = {
  exchangeCode: { service: "v2/oauth2", action: "requesttoken", request: codeRequest, isRepeatable: false },
  refresh: { service: "v2/oauth2", action: "requesttoken", request: refreshRequest, isRepeatable: true },
  revokeGrant: { service: "v2/oauth2", action: "revoke", request: revokeGrantRequest, isRepeatable: true },
  // Each has a time of its own, but two of one second are equal.
  getNonce: { service: "v2/signature", action: "getnonce", request: nonceRequest, isRepeatable: true, isFresh: true },
  getMeas: { service: "measure", action: "getmeas", request: getMeasRequest, isRepeatable: true },
  confirmUser: { service: "v2/measure", action: "confirmuser", request: confirmUserRequest, isRepeatable: true },
  getDevice: { service: "v2/user", action: "getdevice", request: noParameters, isRepeatable: true },
  getGoals: { service: "v2/user", action: "getgoals", request: noParameters, isRepeatable: true },
  subscribe: {
    service: "notify",
    action: "subscribe",
    request: subscribeRequest,
    // Not repeated: a second one may make a duplicate. The list is read instead.
    isRepeatable: false,
    pace: "subscribe",
  },
  getSubscription: { service: "notify", action: "get", request: getRequest, isRepeatable: true },
  listSubscriptions: { service: "notify", action: "list", request: listRequest, isRepeatable: true },
  updateSubscription: { service: "notify", action: "update", request: updateRequest, isRepeatable: true },
  revoke: { service: "notify", action: "revoke", request: revokeRequest, isRepeatable: true, pace: "revoke" },
} as const satisfies Record<string, Call>;
