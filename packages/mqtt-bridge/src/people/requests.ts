import { type Clock, problemOf } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import { subscriptionOf } from "../messages/person-documents.ts";
import { RequestError, type RequestHandlers } from "../messages/requests.ts";
import { healthDocument, type Status } from "../status.ts";
import type { Followers } from "./followers.ts";
import type { People } from "./people.ts";
import type { Person } from "./person.ts";

export interface HandlersInput {
  readonly people: People;
  readonly followers: Followers;
  readonly status: Status;
  readonly clock: Clock;
  readonly log: Log;
  /** Otherwise the bridge only polls. */
  readonly hasCallback: boolean;
  /** Publishes everything retained once more. */
  publishEverything(): void;
}

/** Actions of requests over MQTT. */
export function requestHandlers(input: HandlersInput): RequestHandlers {
  const { people: everybody, followers, status, clock, hasCallback, log, publishEverything } = input;
  const presses = new Presses(clock);
  const named = (slug: string): Person => {
    const person = everybody.bySlug(slug);
    if (person) return person;
    throw new RequestError("unknown_person", `unknown person "${slug}"; configured: ${slugsOf(everybody)}`);
  };
  const chosen = (slug: string | undefined) => (slug === undefined ? everybody.all : [named(slug)]);
  return {
    async sync(slug) {
      const people = chosen(slug);
      for (const { rows } of people) followers.requestPoll(rows.stored.id);
      return { people: people.map(({ config }) => config.slug) };
    },
    async decide({ person: slug, weighInId, verdict, isPressed }) {
      const { rows, today } = named(slug);
      if (isPressed) presses.check(`${slug} ${verdict}`, weighInId);
      const decided = await followers.decide(rows.stored.id, weighInId, verdict);
      if (decided === "unknown")
        throw new RequestError(
          "unknown_weigh_in",
          `${slug} has no weigh-in ${weighInId} here; it is the weigh_in of an event`,
        );
      if (decided === "not_held")
        throw new RequestError("not_held", `the scale is sure that weigh-in ${weighInId} is of ${slug}; edit it there`);
      // The household has decided; that the service does not hear of it changes nothing here.
      today?.measure.confirm(weighInId, verdict === "claimed").catch((error: unknown) => {
        const { message, remedy } = problemOf(error);
        log.warn("The service was not told whose a weigh-in is", { person: slug, reason: message, remedy });
      });
      return { person: slug, weigh_in: weighInId, verdict };
    },
    async subscription(slug) {
      if (!hasCallback)
        throw new RequestError("no_callback_url", "this bridge only polls: set callback.public_url to be notified");
      const people = chosen(slug);
      for (const { rows } of people) followers.checkSubscription(rows.stored.id);
      return {
        people: people.map(({ config, rows }) => {
          const { schema: _schema, ...subscription } = subscriptionOf(rows.stored.subscription);
          return { person: config.slug, ...subscription };
        }),
      };
    },
    async health() {
      const people = everybody.all.map((person) => followers.statusOf(person));
      return healthDocument(await status.read(), people);
    },
    async publishDiscovery() {
      publishEverything();
      return {};
    },
  };
}

/** Keeps the second half of a double tap from answering the next held weigh-in, which the button stands for by then. */
class Presses {
  readonly #clock: Clock;
  readonly #last = new Map<string, { readonly weighInId: number; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws a RequestError where the same button answered another weigh-in a moment ago. */
  check(button: string, weighInId: number): void {
    const last = this.#last.get(button);
    const at = this.#clock.monotonic();
    if (last !== undefined && last.weighInId !== weighInId && at - last.at < LIMITS.secondPressMs)
      throw new RequestError(
        "pressed_twice",
        `weigh-in ${last.weighInId} was answered a moment ago; ${weighInId} still waits: press once more to answer it`,
      );
    this.#last.set(button, { weighInId, at });
  }
}

/** Of a large household only the first. */
function slugsOf({ all }: People): string {
  const slugs = all.slice(0, LIMITS.slugsNamed).map(({ config }) => config.slug);
  return slugs.length < all.length ? `${slugs.join(", ")} and ${all.length - slugs.length} more` : slugs.join(", ");
}
