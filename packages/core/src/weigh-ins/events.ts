import type { EpochSeconds } from "../domain/measure-group.ts";
import type { PersonEvent, PersonState } from "../domain/weigh-in.ts";
import type { Context } from "./apply.ts";
import { derive, NOTHING_DERIVED } from "./derive.ts";
import { eventId } from "./event-id.ts";
import { today } from "./horizon.ts";
import { SYNC_LIMITS } from "./limits.ts";
import type { Reading } from "./readings.ts";
import type { Transition } from "./transitions.ts";

export interface Outcome {
  readonly context: Context;
  /** After everything. */
  readonly state: PersonState;
  /** Right after an appended weigh-in, by its id. */
  readonly stateAt: ReadonlyMap<number, PersonState>;
  /** Readings after it are never the newest. */
  readonly horizon: EpochSeconds;
}

type Announced = { readonly kind: PersonEvent["kind"]; readonly reading: Reading; readonly isBackdated: boolean };

/** The events of transitions, in the order of measuring. */
export async function eventsOf(transitions: readonly Transition[], outcome: Outcome): Promise<PersonEvent[]> {
  const announced = announcedOf(transitions, outcome);
  if (announced.length === 0) return [];
  const { reader } = outcome.context;
  const counts = new Map(await reader.eventCounts([...new Set(announced.map(({ reading }) => reading.id))]));
  return announced.map((one) => {
    const earlier = counts.get(one.reading.id) ?? 0;
    counts.set(one.reading.id, earlier + 1);
    return eventOf(one, earlier, outcome);
  });
}

function announcedOf(transitions: readonly Transition[], { context, horizon }: Outcome): Announced[] {
  const newsFrom = newsSince(context);
  const { lastWeighIn } = context.person.state;
  let newest = lastWeighIn?.measuredAt ?? -Infinity;
  const announced: Announced[] = [];
  const ordered = transitions
    .map(({ kind, before, after }) => ({ kind, reading: (after ?? before) as Reading }))
    .sort((a, b) => a.reading.measuredAt - b.reading.measuredAt || a.reading.id - b.reading.id);
  for (const { kind, reading } of ordered) {
    const { measuredAt } = reading;
    if (kind !== "unannounced" && measuredAt >= newsFrom)
      announced.push({ kind, reading, isBackdated: measuredAt < newest });
    if (kind === "weigh_in" && measuredAt <= horizon) newest = Math.max(newest, measuredAt);
  }
  return announced;
}

/**
 * The first sync fills the history: only what was measured since the person was added is news, and nothing older than a week, since the
 * clock may have been wrong when they were added.
 */
function newsSince({ person, now, serverTime }: Context): EpochSeconds {
  if (person.cursor !== null) return -Infinity;
  return Math.max(person.addedAt, today({ now, serverTime }) - SYNC_LIMITS.firstNewsS);
}

function eventOf({ kind, reading, isBackdated }: Announced, earlier: number, outcome: Outcome): PersonEvent {
  const { context, state, stateAt } = outcome;
  const { id: subjectId, measuredAt, attribution, values, comment } = reading;
  const content = { subjectId, measuredAt, attribution, values, ...(comment === undefined ? {} : { comment }) };
  const isNewest = state.lastWeighIn?.id === subjectId && kind !== "weigh_in_deleted";
  const known = stateAt.get(subjectId) ?? (isNewest || kind === "target_set" ? state : undefined);
  return {
    id: eventId(context.person.key, kind, content, earlier),
    kind,
    ...content,
    recordedAt: context.now,
    backdated: isBackdated,
    derived: known === undefined ? NOTHING_DERIVED : derive(known),
  };
}
