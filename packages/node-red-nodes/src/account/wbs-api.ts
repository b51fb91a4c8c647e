import {
  createWbsClient,
  type MeasurePage,
  type WbsClientOptions,
  type WbsCredentials,
  type WbsUser,
} from "@weighbridge/core";
import type { AccountApi, FoundUser, MeasureQuery } from "./account-api.ts";

/** An account at the original API. */
export function wbsApi(who: WbsCredentials, options: WbsClientOptions): AccountApi {
  const client = createWbsClient(options);

  async function* measures(query: MeasureQuery, call: object): AsyncGenerator<MeasurePage> {
    const isOnePage = query.limit !== undefined || query.offset !== undefined;
    if (isOnePage) yield await client.measure.getMeas({ ...who, ...query }, call);
    else yield* client.measure.pages({ ...who, ...query }, call);
  }

  return {
    key: `wbs:${who.userId}`,
    person: client.person(who),
    probe: (call) => client.once.probe(call),
    measures: (query, call = {}) => measures(query, call),
    async user(call) {
      const { publicKey: _secret, ...user } = found(await client.user.getById(who, call));
      return user;
    },
    subscriptions: (call) => client.notify.list(who, call),
    original: {
      users: async (login, call) => (await client.account.getUsersList(login, call)).map(found),
      setSharing: (isSharing, call) => client.user.update({ ...who, isPublic: isSharing }, call),
    },
  };
}

const found = ({ id, sharing: _mask, ...user }: WbsUser): FoundUser => ({ userId: String(id), ...user });
