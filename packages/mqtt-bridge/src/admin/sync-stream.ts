import type { ServerResponse } from "node:http";
import { type Clock, problemOf } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Followers } from "../people/followers.ts";
import type { WaitingPerson } from "../people/open-people.ts";
import type { People } from "../people/people.ts";
import type { Person } from "../people/person.ts";
import type { RecentEntry, SyncHead, SyncLine } from "./contract.ts";
import type { Recent } from "./recent.ts";
import { AdminError, type Reply } from "./reply.ts";

export interface SyncStreamInput {
  readonly people: People;
  /** People who cannot be polled yet. */
  readonly waiting: readonly WaitingPerson[];
  readonly followers: Pick<Followers, "poll">;
  readonly recent: Recent;
  readonly clock: Clock;
}

/**
 * Polls everybody or one person, and answers with lines of JSON: first whose polls are waited for, then one line at the end of each. Empty
 * lines in between show that the bridge is still there. Throws an AdminError for an unknown person.
 */
export function syncReply(input: SyncStreamInput, slug: string | undefined): Reply {
  const { people, waiting } = input;
  const isWanted = (one: string) => slug === undefined || slug === one;
  const polled = people.all.filter(({ config }) => isWanted(config.slug));
  const absent = waiting.filter(({ config }) => isWanted(config.slug));
  const some = people.all
    .slice(0, LIMITS.slugsNamed)
    .map(({ config }) => config.slug)
    .join(", ");
  if (slug !== undefined && polled.length + absent.length === 0)
    throw new AdminError(
      404,
      "unknown_person",
      `there is no person ${slug}`,
      `Use a slug of the configuration: ${some}.`,
    );
  return {
    status: 200,
    headers: { "content-type": "application/x-ndjson; charset=utf-8", "x-accel-buffering": "no" },
    body: "",
    stream: (response) => void stream(input, { polled, absent }, response),
  };
}

type Failed = Extract<Awaited<ReturnType<Followers["poll"]>>, object>;

interface Wanted {
  readonly polled: readonly Person[];
  readonly absent: readonly WaitingPerson[];
}

async function stream(
  { followers, recent, clock }: SyncStreamInput,
  { polled, absent }: Wanted,
  response: ServerResponse,
): Promise<void> {
  const send = (line: SyncHead | SyncLine) => response.write(`${JSON.stringify(line)}\n`);
  const left = new AbortController();
  response.once("close", () => left.abort());
  const events = new EventsOf(recent);
  send({ people: [...polled, ...absent].map(({ config }) => config.slug) });
  for (const { config, problem } of absent) send({ person: config.slug, events: [], error: problem, again_in_s: null });
  void beat(response, clock, left.signal);
  await Promise.all(
    polled.map(async ({ config: { slug }, rows }) => {
      const end = await followers.poll(rows.stored.id);
      if (end === "stopped") return;
      const failed = end === "polled" ? { error: null, again_in_s: null } : failureOf(end);
      send({ person: slug, events: events.of(slug), ...failed });
    }),
  );
  events.stop();
  response.end();
}

const failureOf = ({ error, againInS }: Failed) => ({ error: problemOf(error), again_in_s: againInS });

/** Never rejects. */
async function beat(response: ServerResponse, clock: Clock, left: AbortSignal): Promise<void> {
  while (!left.aborted && !response.writableEnded) {
    await clock.sleep(LIMITS.syncBeatMs, left).catch(() => {});
    if (!left.aborted && !response.writableEnded) response.write("\n");
  }
}

/** Events of each person from now on. */
class EventsOf {
  readonly #events = new Map<string | null, object[]>();
  readonly stop: () => void;

  constructor(recent: Recent) {
    this.stop = recent.listen((entry) => this.#add(entry));
  }

  of(slug: string): readonly object[] {
    return this.#events.get(slug) ?? [];
  }

  #add({ kind, person, data }: RecentEntry): void {
    if (kind !== "event" || data === undefined) return;
    const known = this.#events.get(person) ?? [];
    known.push(data);
    this.#events.set(person, known);
  }
}
