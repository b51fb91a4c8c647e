import type { Clock, Problem } from "@weighbridge/core";
import { GrantWatch } from "../accounts/grant-watch.ts";
import type { Config } from "../config/schema.ts";
import { grantsDirectory } from "../grants/grants.ts";
import type { Log } from "../log.ts";
import type { BridgeEvent } from "../messages/bridge-documents.ts";
import type { Followers } from "./followers.ts";
import type { WaitingPerson } from "./open-people.ts";
import type { People } from "./people.ts";
import type { Person } from "./person.ts";

/** Says who cannot be followed yet, and what to run. The others work. */
export function reportWaiting(
  waiting: readonly WaitingPerson[],
  { log, warn }: { readonly log: Log; warn(event: BridgeEvent): void },
): void {
  for (const { config, problem } of waiting) {
    log.warn("A person is not followed yet", { person: config.slug, ...problem });
    warn({ event: "not_authorized", person: config.slug, ...problem });
  }
}

export interface ConsentsInput {
  readonly config: Config;
  readonly clock: Clock;
  readonly people: People;
  readonly followers: Followers;
  readonly waiting: readonly WaitingPerson[];
  readonly onNewPerson: ((slug: string) => void) | undefined;
}

/** Problems of a person that another program's new consent ends. */
const OF_CONSENT: ReadonlySet<string> = new Set([
  ...["not_authorized", "grant_ended", "person_unlinked", "person_deleted", "scope_missing", "wrong_person"],
  ...["token_file_unusable", "access_refused"],
]);

/** A person whose consent is missing or has ended. */
export interface MissingConsent {
  readonly slug: string;
  readonly name: string;
  /** Of the problem that says so. */
  readonly code: string;
}

export interface MissingConsentsInput {
  readonly people: People;
  readonly waiting: readonly WaitingPerson[];
  problemOf(person: Person): Problem | null;
}

/** Everybody whose consent is missing or has ended, as it stands now. */
export function missingConsents({ people, waiting, problemOf }: MissingConsentsInput): readonly MissingConsent[] {
  const absent = waiting.map(({ config: { slug, name }, problem: { code } }) => ({ slug, name, code }));
  const ended = people.all.flatMap((person) => {
    const code = person.today === undefined ? undefined : problemOf(person)?.code;
    const { slug, name } = person.config;
    return code !== undefined && OF_CONSENT.has(code) ? [{ slug, name, code }] : [];
  });
  return [...absent, ...ended];
}

/** Follows a person at once whose consent another program has stored. */
export function watchGrants({ config, clock, people, followers, waiting, onNewPerson }: ConsentsInput): GrantWatch {
  const problemOf = ({ rows }: Person) => followers.problemOf(rows.stored.id);
  return new GrantWatch({
    directory: grantsDirectory(config.state_dir),
    clock,
    missing: () => missingConsents({ people, waiting, problemOf }).map(({ slug }) => slug),
    onChanged: (slug) => {
      const person = people.bySlug(slug);
      if (person) followers.requestPoll(person.rows.stored.id);
      else onNewPerson?.(slug);
    },
  });
}
