import type { EpochSeconds } from "../domain/measure-group.ts";
import type { PersonState } from "../domain/weigh-in.ts";
import type { Reading } from "./readings.ts";
import { type StaleParts, stalePartsOf } from "./stale-parts.ts";
import { isAppended, withReading } from "./state.ts";
import type { Transition } from "./transitions.ts";

export interface Folded {
  readonly state: PersonState;
  readonly stale: StaleParts;
  /** The state right after an appended weigh-in, by its id. */
  readonly stateAt: ReadonlyMap<number, PersonState>;
}

/** Runs transitions through the state in the order of measuring, up to `horizon`, and notes what that cannot settle. */
export function fold(start: PersonState, transitions: readonly Transition[], horizon: EpochSeconds): Folded {
  const stale = stalePartsOf(start, transitions);
  let { history } = stale;
  let state = start;
  const stateAt = new Map<number, PersonState>();
  for (const reading of accepted(transitions)) {
    if (reading.measuredAt > horizon) continue;
    const isNext = reading.kind === "weigh_in" && isAppended(state, reading);
    history ||= reading.kind === "weigh_in" && !isNext;
    state = withReading(state, reading);
    if (isNext && !history) stateAt.set(reading.id, state);
  }
  return { state, stale: { ...stale, history }, stateAt };
}

const accepted = (transitions: readonly Transition[]): Reading[] =>
  transitions
    .flatMap(({ after }) => (after?.standing === "accepted" ? [after] : []))
    .sort((a, b) => a.measuredAt - b.measuredAt || a.id - b.id);
