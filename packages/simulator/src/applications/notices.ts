import type { Notice } from "../deliveries.ts";
import type { Change, Person } from "../person.ts";
import type { Application, Profile } from "./application.ts";
import { PUBLIC_LIMITS } from "./limits.ts";

const HEART: ReadonlySet<number> = new Set([9, 10, 11, 54]);
const TEMPERATURE: ReadonlySet<number> = new Set([12, 71, 73]);

/** Categories that a change is announced in: a weigh-in with a pulse is one of two. */
function applisOf({ types, isTarget }: Change): readonly number[] {
  if (isTarget) return [46];
  const found = types.map((type) => (HEART.has(type) ? 4 : TEMPERATURE.has(type) ? 2 : 1));
  return [...new Set(found)];
}

/** Notices of a change for one application: for each date, category and subscribed URL as many as the service sends. */
export function noticesOf(application: Application, person: Person, change: Change): Notice[] {
  const consent = application.consents.get(person.userId);
  if (consent === undefined) return [];
  const applis = applisOf(change);
  const profiles = consent.profiles.filter(({ appli }) => applis.includes(appli));
  const copies = application.quirks.callbacks ?? 2;
  return profiles.flatMap((profile) => {
    const forms =
      profile.appli === 46
        ? [`userid=${person.userId}&appli=46&action=update`]
        : change.dates.flatMap((date) =>
            Array.from(
              { length: copies },
              () => `userid=${person.userId}&startdate=${date - 1}&enddate=${date}&appli=${profile.appli}`,
            ),
          );
    return forms.map((form) => noticeOf(application, person, profile, form));
  });
}

/** The person ends the consent, or the account: announced to those who asked for it. */
export function farewellNotices(application: Application, person: Person, action: "unlink" | "delete"): Notice[] {
  const profiles = application.consents.get(person.userId)?.profiles.filter(({ appli }) => appli === 46) ?? [];
  const form = `userid=${person.userId}&appli=46&action=${action}`;
  // Sent although the consent has ended: that is the news.
  return profiles.map((profile) => ({ ...noticeOf(application, person, profile, form), isWanted: () => true }));
}

function noticeOf(application: Application, person: Person, profile: Profile, form: string): Notice {
  const consent = application.consents.get(person.userId);
  const isWanted = () => application.consents.get(person.userId)?.profiles.includes(profile) === true;
  const { retryAfterS } = PUBLIC_LIMITS;
  return {
    ...{ person: person.name, url: profile.callbackUrl, form, application: application.name, retryAfterS, isWanted },
    onAnswered: (isTaken) => consent && application.answered(consent, profile, isTaken),
  };
}
