import type { Application, Pair, Profile } from "../applications/application.ts";
import { farewellNotices } from "../applications/notices.ts";
import type { Quirks } from "../applications/quirks.ts";
import type { Person } from "../person.ts";
import type { World } from "../world.ts";

/** An application of the developer portal, in the hands of a test. */
export interface RegisteredApplication {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUrls: readonly string[];
  /** Changes how the service differs from itself for this application. */
  hasQuirks(quirks: Quirks): void;
  /** The person consents, as on the page, without one: gives the code that the redirect would carry. */
  codeOf(person: Person, options?: { readonly redirectUrl?: string; readonly scopes?: readonly string[] }): string;
  /** The person consents, and the code is exchanged. */
  authorizes(person: Person, scopes?: readonly string[]): Pair & { readonly userId: number };
  /** The person ends the consent at the service. */
  unlinks(person: Person): void;
  /** The person's account is deleted. */
  deletes(person: Person): void;
  /** As happens at the real service: one category is gone, and nobody is told. */
  losesSubscription(person: Person, appli: number): void;
  /** As somebody else's installation with the same application would have made it. */
  hasSubscription(person: Person, profile: Profile): void;
  subscriptionsOf(person: Person): readonly Profile[];
}

const WHAT_A_SCALE_NEEDS = ["user.info", "user.metrics"];

export function registered(application: Application, world: World): RegisteredApplication {
  const { name, clientId, clientSecret, redirectUrls } = application;
  const profilesOf = (person: Person) => application.consents.get(person.userId)?.profiles ?? [];
  const end = (person: Person, action: "unlink" | "delete", words: string) => {
    const notices = farewellNotices(application, person, action);
    application.consents.delete(person.userId);
    world.log.add({ kind: "deed", person: person.name, words: `${person.name} ${words}` });
    world.deliveries.notify(notices);
  };
  return {
    ...{ name, clientId, clientSecret, redirectUrls },
    hasQuirks(quirks) {
      application.quirks = { ...application.quirks, ...quirks };
    },
    codeOf: (person, { redirectUrl = redirectUrls[0] ?? "", scopes = WHAT_A_SCALE_NEEDS } = {}) =>
      application.newCode(person.userId, redirectUrl, scopes),
    authorizes(person, scopes = WHAT_A_SCALE_NEEDS) {
      const { accessToken, refreshToken } = application.newPair(application.consent(person.userId, scopes));
      return { accessToken, refreshToken, userId: person.userId };
    },
    unlinks: (person) => end(person, "unlink", `unlinked ${name}`),
    deletes: (person) => end(person, "delete", "deleted their account"),
    losesSubscription(person, appli) {
      const profiles = profilesOf(person);
      const index = profiles.findIndex((one) => one.appli === appli);
      if (index >= 0) application.consents.get(person.userId)?.profiles.splice(index, 1);
    },
    hasSubscription: (person, profile) => void application.consents.get(person.userId)?.profiles.push(profile),
    subscriptionsOf: profilesOf,
  };
}
