import { wbsGetUsersListBody, wbsGetUsersListRequest } from "./account.ts";
import { wbsNothing } from "./envelope.ts";
import { wbsGetMeasBody, wbsGetMeasRequest } from "./measure.ts";
import {
  wbsGetSubscriptionRequest,
  wbsListSubscriptionsBody,
  wbsListSubscriptionsRequest,
  wbsRevokeRequest,
  wbsSubscribeRequest,
  wbsSubscription,
} from "./notify.ts";
import { wbsGetOnceBody, wbsGetOnceRequest, wbsProbeRequest } from "./once.ts";
import { wbsGetByUserIdBody, wbsGetByUserIdRequest, wbsUpdateUserRequest } from "./user.ts";

/**
 * Every call of the generation: `/<service>?action=<action>&<request>` is answered with `{ status, body }`.
 * `request` holds the parameters beside `action`, as strings; it is strict. `body` is loose.
 */
export const wbsServices = {
  once: {
    probe: { request: wbsProbeRequest, body: wbsNothing },
    get: { request: wbsGetOnceRequest, body: wbsGetOnceBody },
  },
  account: { getuserslist: { request: wbsGetUsersListRequest, body: wbsGetUsersListBody } },
  user: {
    getbyuserid: { request: wbsGetByUserIdRequest, body: wbsGetByUserIdBody },
    update: { request: wbsUpdateUserRequest, body: wbsNothing },
  },
  measure: { getmeas: { request: wbsGetMeasRequest, body: wbsGetMeasBody } },
  notify: {
    subscribe: { request: wbsSubscribeRequest, body: wbsNothing },
    get: { request: wbsGetSubscriptionRequest, body: wbsSubscription },
    list: { request: wbsListSubscriptionsRequest, body: wbsListSubscriptionsBody },
    revoke: { request: wbsRevokeRequest, body: wbsNothing },
  },
} as const;
