import type { PersonState } from "../domain/weigh-in.ts";
import type { Transition } from "./transitions.ts";

/** Parts of a state that can no longer be trusted, since something under them was edited, deleted, or came late. */
export interface StaleParts {
  /** Keys of `latest`. */
  readonly latest: ReadonlySet<string>;
  /** Keys of `target`. */
  readonly target: ReadonlySet<string>;
  /** The last weigh-in, the weight before it, and the trend. */
  readonly history: boolean;
}

export const isAnyStale = ({ latest, target, history }: StaleParts): boolean =>
  history || latest.size + target.size > 0;

/** Every part that the state took from a reading that ended or changed. An ambiguous one may have counted under an earlier policy. */
export function stalePartsOf(state: PersonState, transitions: readonly Transition[]): StaleParts {
  const stale = { latest: new Set<string>(), target: new Set<string>(), history: false };
  for (const { before } of transitions) {
    if (before === undefined) continue;
    const part = before.kind === "target" ? "target" : "latest";
    for (const key of Object.keys(before.latest)) {
      const known = state[part][key];
      if (known !== undefined && before.groupIds.includes(known.groupId)) stale[part].add(key);
    }
    stale.history ||= before.kind === "weigh_in" && (before.standing === "accepted" || before.isAmbiguous);
  }
  return stale;
}
