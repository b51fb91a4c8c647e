import type { GroupPage } from "../domain/measure-page.ts";
import type { GroupQuery, PersonApi } from "../ports/person-api.ts";
import type { WbsCredentials } from "./credentials.ts";
import type { MeasureFilters, MeasureService } from "./services/measure.ts";
import type { NotifyService } from "./services/notify.ts";
import type { UserService } from "./services/user.ts";

interface Services {
  readonly user: UserService;
  readonly measure: MeasureService;
  readonly notify: NotifyService;
}

/** One person at the original API, as sync and hosts see it. */
export function wbsPerson({ userId, publicKey }: WbsCredentials, { user, measure, notify }: Services): PersonApi {
  const who = { userId, publicKey };
  return {
    generation: "wbs",
    userId: String(userId),
    measureGroups: (query, options): AsyncIterable<GroupPage> =>
      measure.pages({ ...who, ...filtersOf(query) }, options),
    async profile(options) {
      const { id: _id, publicKey: _secret, sharing: _mask, ...profile } = await user.getById(who, options);
      return profile;
    },
    subscription: (callbackUrl, options) => notify.get({ ...who, callbackUrl }, options),
    async subscribe(callbackUrl, comment, options) {
      await notify.subscribe({ ...who, callbackUrl, comment }, options);
      // Only notify/get says when it ends.
      return (await notify.get({ ...who, callbackUrl }, options)) ?? { callbackUrl, comment };
    },
    revoke: (callbackUrl, options) => notify.revoke({ ...who, callbackUrl }, options),
  };
}

function filtersOf(query: GroupQuery): Partial<MeasureFilters> {
  if ("modifiedSince" in query) return { lastUpdate: query["modifiedSince"] };
  return "from" in query ? { startDate: query["from"], endDate: query["to"] } : {};
}
