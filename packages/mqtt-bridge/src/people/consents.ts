import type { Clock } from "@weighbridge/core";
import { GrantWatch } from "../accounts/grant-watch.ts";
import type { Config } from "../config/schema.ts";
import { grantsDirectory } from "../grants/grants.ts";
import type { Log } from "../log.ts";
import type { BridgeEvent } from "../messages/bridge-documents.ts";
import type { Followers } from "./followers.ts";
import type { WaitingPerson } from "./open-people.ts";
import type { People } from "./people.ts";

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

/** Follows a person at once whose consent another program has stored. */
export function watchGrants({ config, clock, people, followers, waiting, onNewPerson }: ConsentsInput): GrantWatch {
  const strangers = waiting.map(({ config: { slug } }) => slug);
  const today = people.all.filter(({ today: isToday }) => isToday !== undefined);
  return new GrantWatch({
    directory: grantsDirectory(config.state_dir),
    clock,
    missing: () => {
      const ended = today.filter(({ rows }) => OF_CONSENT.has(followers.problemOf(rows.stored.id)?.code ?? ""));
      return [...strangers, ...ended.map(({ config: { slug } }) => slug)];
    },
    onChanged: (slug) => {
      const person = people.bySlug(slug);
      if (person) followers.requestPoll(person.rows.stored.id);
      else onNewPerson?.(slug);
    },
  });
}
