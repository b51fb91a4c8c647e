import type { Attribution, MeasureGroup } from "../domain/measure-group.ts";
import type { AmbiguousPolicy } from "../domain/weigh-in.ts";
import type { StoredVerdict } from "../ports/person-store.ts";

/**
 * Whether a reading counts as the person's.
 * - `accepted`: counts
 * - `held`: was announced as a question, and waits for a verdict
 * - `silent`: refused, or ambiguous in a household that ignores such
 */
export type Standing = "accepted" | "held" | "silent";

export type StandingOf = (group: MeasureGroup) => Standing;

export const isAmbiguous = (group: { readonly attribution: Attribution }): boolean =>
  group.attribution.name === "ambiguous";

/** Stored knowledge about ambiguous groups, by id. */
export interface Known {
  readonly verdicts: ReadonlyMap<number, StoredVerdict>;
  readonly eventCounts: ReadonlyMap<number, number>;
}

/** How a group stood until now, whatever the policy is today: it counts where it was counted, and waits where it was announced. */
export const standingUntilNow =
  ({ verdicts, eventCounts }: Known): StandingOf =>
  (group) =>
    decided(group, verdicts) ?? (eventCounts.has(group.id) ? "held" : "silent");

/** How a group stands from now on. The policy judges what is new or was edited, and nothing else: changing it takes nothing back. */
export const standingFromNow =
  (
    { verdicts }: Pick<Known, "verdicts">,
    policy: AmbiguousPolicy,
    unchanged: ReadonlyMap<number, Standing>,
  ): StandingOf =>
  (group) =>
    decided(group, verdicts) ?? unchanged.get(group.id) ?? BY_POLICY[policy];

/** Undefined where only a policy can say. A verdict is about a doubt: it ends when the API is sure. */
function decided(group: MeasureGroup, verdicts: ReadonlyMap<number, StoredVerdict>): Standing | undefined {
  if (!isAmbiguous(group)) return "accepted";
  const verdict = verdicts.get(group.id);
  if (verdict === undefined) return undefined;
  return verdict === "refused" ? "silent" : "accepted";
}

const BY_POLICY: Readonly<Record<AmbiguousPolicy, Standing>> = { accept: "accepted", hold: "held", ignore: "silent" };
