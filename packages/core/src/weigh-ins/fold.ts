import type { Derived, PersonState } from "../domain/weigh-in.ts";
import { derive } from "./derive.ts";
import type { Reading } from "./readings.ts";
import type { Doubt } from "./rebuild.ts";
import { isAppended, withReading } from "./state.ts";
import type { Transition } from "./transitions.ts";

export interface Folded {
  readonly state: PersonState;
  readonly doubt: Doubt;
  /** What could be said right after an appended weigh-in, by its id. */
  readonly derivedAt: ReadonlyMap<number, Derived>;
}

/** Runs what happened through the state in the order of measuring, and notes what that cannot settle. */
export function fold(start: PersonState, transitions: readonly Transition[]): Folded {
  const doubt = doubtOf(start, transitions);
  let { history } = doubt;
  let state = start;
  const derivedAt = new Map<number, Derived>();
  for (const reading of accepted(transitions)) {
    const isNext = reading.kind === "weigh_in" && isAppended(state, reading);
    history ||= reading.kind === "weigh_in" && !isNext;
    state = withReading(state, reading);
    if (isNext && !history) derivedAt.set(reading.id, derive(state));
  }
  return { state, doubt: { ...doubt, history }, derivedAt };
}

const accepted = (transitions: readonly Transition[]): Reading[] =>
  transitions
    .flatMap(({ after }) => (after?.standing === "accepted" ? [after] : []))
    .sort((a, b) => a.measuredAt - b.measuredAt || a.id - b.id);

/** Whatever the state took from a reading that ended or changed. */
function doubtOf(start: PersonState, transitions: readonly Transition[]): Doubt {
  const doubt = { latest: new Set<string>(), target: new Set<string>(), history: false };
  for (const { before } of transitions) {
    if (before?.standing !== "accepted") continue;
    const part = before.kind === "target" ? "target" : "latest";
    for (const [key, { groupId }] of Object.entries(before.latest))
      if (start[part][key]?.groupId === groupId) doubt[part].add(key);
    doubt.history ||= before.kind === "weigh_in";
  }
  return doubt;
}
