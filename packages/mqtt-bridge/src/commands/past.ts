import {
  type EpochSeconds,
  type GroupReader,
  HISTORY_MARGIN_S,
  type MeasureGroup,
  type PastReading,
  pastReadings,
  systemClock,
  undecidedIn,
} from "@weighbridge/core";
import type { PastPerson, Span } from "../admin/history.ts";
import { accountOf, accountsOf, personKey } from "../config/accounts.ts";
import type { Config, PersonConfig } from "../config/schema.ts";
import { ConfigError } from "../errors.ts";
import { openGrants } from "../grants/grants.ts";
import { LIMITS } from "../limits.ts";
import { openStoreToRead } from "../open-store.ts";
import type { StoredPerson, StoreReader } from "../store/store.ts";

/** A person of the configuration with their rows, read beside a bridge that may run. */
export interface ReadPerson extends PastPerson {
  readonly config: PersonConfig;
  readonly rows: { readonly groups: GroupReader; readonly stored: StoredPerson };
}

export interface Past {
  /** Those of the configuration who have rows, in its order. */
  readonly people: readonly ReadPerson[];
  readonly store: StoreReader;
}

/** Reads the past of everybody, or of one person. Throws a ConfigError for a person who is not there, a StoreError where there is nothing to read. */
export async function withPast<T>(
  config: Config,
  slug: string | undefined,
  read: (past: Past) => Promise<T>,
): Promise<T> {
  const wanted = slug === undefined ? config.people : config.people.filter((person) => person.slug === slug);
  if (wanted.length === 0) throw unknownPerson(config, slug);
  const store = await openStoreToRead(config, systemClock);
  try {
    const rows = new Map((await store.people()).map((stored) => [stored.key, stored]));
    const people: ReadPerson[] = [];
    for (const person of wanted) {
      const stored = rows.get((await keyOf(config, person)) ?? "");
      if (stored) people.push({ config: person, rows: { stored, groups: store.reader(stored.id) } });
    }
    return await read({ people, store });
  } finally {
    await store.close();
  }
}

export function unknownPerson({ people }: Pick<Config, "people">, slug: string | undefined): ConfigError {
  const slugs = people.slice(0, LIMITS.slugsNamed).map((person) => person.slug);
  return new ConfigError(`there is no person ${slug} in the configuration`, {
    code: "config_invalid",
    remedy: `Say whom with --person: ${slugs.join(", ")}.`,
  });
}

/** Undefined for a person whose userid is not known, for want of a consent. */
async function keyOf(config: Config, person: PersonConfig): Promise<string | undefined> {
  const account = accountOf(accountsOf(config), person);
  if (account === undefined) return undefined;
  const isToday = account.generation === "public";
  const grant = isToday ? await openGrants(config.state_dir, systemClock).read(person.slug) : undefined;
  const userId = grant?.userId ?? person.userid;
  return userId === undefined ? undefined : personKey(account, String(userId));
}

/** A weigh-in, its companion, and another weigh-in that the companion may be nearer to. */
const REACH_S = 2 * HISTORY_MARGIN_S;

/** Everything that was measured in a span, ascending. Reads some groups at a time, so that neither memory nor the bridge's own writes wait. */
export async function* readingsIn(
  { rows }: ReadPerson,
  { from, to }: Span,
  store: StoreReader,
): AsyncGenerator<readonly PastReading[]> {
  let floor = from;
  let most: number = LIMITS.exportRead;
  for (;;) {
    const groups = await store.groupsFrom(rows.stored.id, floor - REACH_S, most);
    const newest: EpochSeconds = groups.at(-1)?.measuredAt ?? 0;
    const isLast = groups.length < most;
    // Companions of what is newer may lie in the next part: it is read again with them.
    const ceiling = isLast ? Number.POSITIVE_INFINITY : newest - REACH_S - 1;
    const undecided = undecidedIn(groups);
    const known = {
      verdicts: await rows.groups.verdicts(undecided),
      eventCounts: await rows.groups.eventCounts(undecided),
    };
    const isIn = (at: EpochSeconds) => at >= floor && at <= Math.min(ceiling, to);
    yield pastReadings(groups, known).filter(({ measuredAt }) => isIn(measuredAt));
    if (isLast || ceiling >= to) return;
    // So many groups in so few seconds: only a larger part gets past them.
    if (ceiling < floor) most *= 2;
    floor = Math.max(floor, ceiling + 1);
  }
}

/** Every group of a person, ascending, read some at a time. */
export async function* allGroups(store: StoreReader, personId: number): AsyncGenerator<readonly MeasureGroup[]> {
  let from: EpochSeconds = 0;
  let most: number = LIMITS.exportRead;
  for (;;) {
    const groups = await store.groupsFrom(personId, from, most);
    const newest: EpochSeconds = groups.at(-1)?.measuredAt ?? 0;
    if (groups.length < most) return yield groups;
    // Others of the last second may lie in the next part: it is read again with them.
    const whole = groups.filter(({ measuredAt }) => measuredAt < newest);
    // So many groups in one second: only a larger part gets past them.
    if (whole.length === 0) most *= 2;
    else yield whole;
    from = newest;
  }
}
