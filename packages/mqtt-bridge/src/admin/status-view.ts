import { type Clock, isoTime, type Problem } from "@weighbridge/core";
import { lastWeighInOf, type StatusDocument, stateOf, subscriptionOf } from "../messages/person-documents.ts";
import { missingConsents } from "../people/consents.ts";
import type { Followers } from "../people/followers.ts";
import type { WaitingPerson } from "../people/open-people.ts";
import type { People } from "../people/people.ts";
import type { Person } from "../people/person.ts";
import { infoDocument, type PersonStatus, type Status, statusDocument } from "../status.ts";
import type { StoredPerson } from "../store/store.ts";
import type { StatusAnswer, StatusPerson, StatusProblem } from "./contract.ts";

export interface StatusViewInput {
  readonly people: People;
  readonly waiting: readonly WaitingPerson[];
  readonly followers: Pick<Followers, "statusOf">;
  readonly status: Status;
  readonly clock: Clock;
  /** False where the bridge only polls. */
  readonly hasCallback: boolean;
  isOnline(): boolean;
  /** Problems of the whole bridge. */
  bridgeProblems(): readonly Problem[];
}

/** A person's part of the answer, with the values that it was made of. */
interface Made {
  readonly stored: StoredPerson;
  readonly problem: Problem | null;
  readonly nextPollAt: number | null;
  readonly json: string;
  readonly problems: readonly StatusProblem[];
}

/** The whole answer, as it was written last. */
interface Written {
  readonly head: string;
  readonly made: readonly Made[];
  readonly body: Buffer;
}

/** `/api/status` as text. A person's part is made again only when something of theirs changed: a thousand people are read in a moment. */
export class StatusView {
  readonly #input: StatusViewInput;
  readonly #startedAt: string;
  readonly #made = new Map<Person, Made>();
  #last: Written = { head: "", made: [], body: Buffer.alloc(0) };
  /** When each problem was first seen. */
  #since = new Map<string, string>();

  constructor(input: StatusViewInput) {
    this.#input = input;
    this.#startedAt = this.#now;
  }

  get #now(): string {
    return isoTime(Math.floor(this.#input.clock.now() / 1000));
  }

  /** JSON in UTF-8. The same bytes as long as nothing changed. */
  get body(): Buffer {
    const { people, status, hasCallback, isOnline } = this.#input;
    const made = people.all.map((person) => this.#of(person));
    const latest = status.latest;
    const head: Omit<StatusAnswer, "people"> = {
      version: latest.version,
      generation: latest.generation,
      started_at: this.#startedAt,
      broker: isOnline() ? "online" : "offline",
      has_callback: hasCallback,
      info: infoDocument(latest),
      problems: this.#problems(made),
      consents: this.#consents(),
    };
    const text = JSON.stringify(head);
    const isSame = text === this.#last.head && made.every((one, index) => one === this.#last.made[index]);
    if (!isSame) {
      const all = made.map(({ json }) => json).join(",");
      this.#last = { head: text, made, body: Buffer.from(`${text.slice(0, -1)},"people":[${all}]}`) };
    }
    return this.#last.body;
  }

  /** Everybody's problems, and those of the bridge. */
  get problems(): readonly StatusProblem[] {
    return this.#problems(this.#input.people.all.map((person) => this.#of(person)));
  }

  #problems(made: readonly Made[]): readonly StatusProblem[] {
    const { waiting, bridgeProblems } = this.#input;
    const found = [
      ...bridgeProblems().map((problem): StatusProblem => ({ person: null, part: "bridge", ...bare(problem) })),
      ...waiting.map(({ config: { slug }, problem }) => ofAccount(slug, problem)),
      ...made.flatMap(({ problems }) => problems),
    ];
    const since = new Map<string, string>();
    const dated = found.map((problem): StatusProblem => {
      const key = `${problem.person} ${problem.part} ${problem.code}`;
      const first = this.#since.get(key) ?? this.#now;
      since.set(key, first);
      return { ...problem, since: first };
    });
    this.#since = since;
    return dated;
  }

  #consents(): StatusAnswer["consents"] {
    const { people, waiting, followers } = this.#input;
    const problemOf = (person: Person) => followers.statusOf(person).problem;
    const missing = missingConsents({ people, waiting, problemOf });
    return missing.map(({ slug, name, code }) => ({ person: slug, name, code }));
  }

  #of(person: Person): Made {
    const { stored } = person.rows;
    const status = this.#input.followers.statusOf(person);
    const known = this.#made.get(person);
    if (known !== undefined && known.stored === stored && isUnmoved(known, status)) return known;
    const { problem, nextPollAt } = status;
    const json = JSON.stringify(personOf(person, statusDocument(status)));
    const made = { stored, problem, nextPollAt, problems: problemsOf(status), json };
    this.#made.set(person, made);
    return made;
  }
}

const isUnmoved = (known: Made, { problem, nextPollAt }: PersonStatus): boolean =>
  isSameMoment(known.nextPollAt, nextPollAt) &&
  known.problem?.code === problem?.code &&
  known.problem?.message === problem?.message;

/** A wait until the next poll, rounded to seconds, gives now one moment and now the one beside it. */
const isSameMoment = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= 1;

function personOf({ config, rows }: Person, status: StatusDocument): StatusPerson {
  const { slug, name, weight_unit } = config;
  const { state, seen, subscription, cursor, held } = rows.stored;
  const isSynced = cursor !== null;
  return {
    ...{ slug, name, weight_unit, status },
    subscription: subscriptionOf(subscription),
    state: isSynced ? stateOf({ settings: config, state, seen }) : null,
    last_weigh_in: isSynced ? lastWeighInOf(state, config) : null,
    held: held.count,
  };
}

function problemsOf({ slug, problem, subscription }: PersonStatus): readonly StatusProblem[] {
  const failed = subscription?.status === "failed" ? subscription.problem : undefined;
  return [
    ...(problem === null ? [] : [ofAccount(slug, problem)]),
    ...(failed === undefined ? [] : [{ person: slug, part: "subscription", ...bare(failed) } as const]),
  ];
}

const ofAccount = (person: string, problem: Problem): StatusProblem => ({ person, part: "account", ...bare(problem) });

/** Without what a follower adds for itself. */
const bare = ({ code, message, remedy }: Problem): Problem => ({ code, message, remedy });
