import type { Call } from "../http/transport.ts";
import { wbsServices } from "./wire/services.ts";

const { once, account, user, measure, notify } = wbsServices;

/**
 * Every call of the original API. `isRepeatable`: safe to send again after a lost answer. Subscribing again with the same URL renews;
 * revoking again finds nothing (294), which is what was asked for. `isFresh`: once/* answers anew each time, and notify/get is read back
 * after a subscribe.
 */
export const CALLS = {
  probe: { service: "once", action: "probe", request: once.probe.request, isRepeatable: true, isFresh: true },
  getOnce: { service: "once", action: "get", request: once.get.request, isRepeatable: true, isFresh: true },
  getUsersList: {
    service: "account",
    action: "getuserslist",
    request: account.getuserslist.request,
    isRepeatable: true,
  },
  getByUserId: { service: "user", action: "getbyuserid", request: user.getbyuserid.request, isRepeatable: true },
  startSharing: { service: "user", action: "update", request: user.update.request, isRepeatable: true },
  // Not repeatable: it replaces the publickey, so a repeat after a lost answer is refused with 250 although the first call worked.
  stopSharing: { service: "user", action: "update", request: user.update.request, isRepeatable: false },
  getMeas: { service: "measure", action: "getmeas", request: measure.getmeas.request, isRepeatable: true },
  subscribe: {
    service: "notify",
    action: "subscribe",
    request: notify.subscribe.request,
    isRepeatable: true,
    pace: "subscribe",
  },
  getSubscription: { service: "notify", action: "get", request: notify.get.request, isRepeatable: true, isFresh: true },
  listSubscriptions: { service: "notify", action: "list", request: notify.list.request, isRepeatable: true },
  revoke: { service: "notify", action: "revoke", request: notify.revoke.request, isRepeatable: true },
} as const satisfies Record<string, Call>;
