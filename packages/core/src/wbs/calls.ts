import type { Call } from "../http/transport.ts";
import { wbsServices } from "./wire/services.ts";

const { once, account, user, measure, notify } = wbsServices;

/**
 * Every call of the original API, and whether it can be repeated when nobody knows if it had its effect.
 * Subscribing again with the same URL renews; revoking again finds nothing (294), which is what was asked for.
 */
export const CALLS = {
  probe: { service: "once", action: "probe", request: once.probe.request, isRepeatable: true },
  getOnce: { service: "once", action: "get", request: once.get.request, isRepeatable: true },
  getUsersList: {
    service: "account",
    action: "getuserslist",
    request: account.getuserslist.request,
    isRepeatable: true,
  },
  getByUserId: { service: "user", action: "getbyuserid", request: user.getbyuserid.request, isRepeatable: true },
  startSharing: { service: "user", action: "update", request: user.update.request, isRepeatable: true },
  // It replaces the publickey: a second time, the first one's success would look like a failure (250).
  stopSharing: { service: "user", action: "update", request: user.update.request, isRepeatable: false },
  getMeas: { service: "measure", action: "getmeas", request: measure.getmeas.request, isRepeatable: true },
  subscribe: { service: "notify", action: "subscribe", request: notify.subscribe.request, isRepeatable: true },
  getSubscription: { service: "notify", action: "get", request: notify.get.request, isRepeatable: true },
  listSubscriptions: { service: "notify", action: "list", request: notify.list.request, isRepeatable: true },
  revoke: { service: "notify", action: "revoke", request: notify.revoke.request, isRepeatable: true },
} as const satisfies Record<string, Call>;
