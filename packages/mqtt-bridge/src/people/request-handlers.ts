import { subscriptionOf } from "../messages/person-documents.ts";
import { RequestError, type RequestHandlers } from "../messages/requests.ts";
import type { RetainedDocuments } from "../mqtt/retained-documents.ts";
import { healthDocument } from "../status.ts";
import type { Store } from "../store/store.ts";
import type { Household, Resident } from "./people.ts";
import type { Worker } from "./worker.ts";

export interface HandlersInput {
  readonly household: Household;
  readonly worker: Worker;
  readonly store: Store;
  readonly retained: RetainedDocuments;
  /** Otherwise the bridge only polls. */
  readonly hasCallback: boolean;
}

/** What requests over MQTT do. */
export function requestHandlers(input: HandlersInput): RequestHandlers {
  const { household, worker, store, retained, hasCallback } = input;
  const named = (slug: string): Resident => {
    const resident = household.bySlug(slug);
    if (resident) return resident;
    const known = household.residents.map(({ config }) => config.slug).join(", ");
    throw new RequestError("unknown_person", `nobody here has the slug ${slug}; known are: ${known || "nobody"}`);
  };
  const chosen = (slug: string | undefined) => (slug === undefined ? household.residents : [named(slug)]);
  return {
    async sync(slug) {
      const people = chosen(slug);
      for (const { syncer } of people) worker.requestPoll(syncer.stored.id);
      return { people: people.map(({ config }) => config.slug) };
    },
    async decide(slug, weighInId, verdict) {
      const { syncer } = named(slug);
      const decided = await worker.decide(syncer.stored.id, weighInId, verdict);
      if (decided === "unknown")
        throw new RequestError(
          "unknown_weigh_in",
          `${slug} has no weigh-in ${weighInId} here; it is the weigh_in of an event`,
        );
      if (decided === "not_held")
        throw new RequestError("not_held", `the scale is sure that weigh-in ${weighInId} is of ${slug}; edit it there`);
      return { person: slug, weigh_in: weighInId, verdict };
    },
    async subscription(slug) {
      if (!hasCallback)
        throw new RequestError("no_callback_url", "this bridge only polls: set callback.public_url to be notified");
      const people = chosen(slug);
      for (const { syncer } of people) worker.checkSubscription(syncer.stored.id);
      return {
        people: people.map(({ config, syncer }) => {
          const { schema: _schema, ...subscription } = subscriptionOf(syncer.stored.subscription);
          return { person: config.slug, ...subscription };
        }),
      };
    },
    async health() {
      household.waiting = await store.counts();
      return healthDocument(
        household.status(),
        household.residents.map((resident) => household.statusOf(resident)),
      );
    },
    async publishDiscovery() {
      retained.publishEverything();
      return {};
    },
  };
}
