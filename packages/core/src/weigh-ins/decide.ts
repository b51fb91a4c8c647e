import type { Verdict } from "../domain/weigh-in.ts";
import type { SyncChange } from "../ports/person-store.ts";
import { applyDiff } from "./apply.ts";
import { type SyncInput, secondsNow } from "./fetched.ts";
import { hasWeight } from "./readings.ts";
import { isAmbiguous } from "./standing.ts";

/**
 * The outcome of a verdict.
 * - a change: the verdict is new, or repeats the one before; then it changes nothing
 * - `unknown`: no such group is stored
 * - `not_held`: the API is sure of the person, so there is nothing to decide
 */
export type Decision = SyncChange | "unknown" | "not_held";

/** Claims or refuses a weigh-in that may be somebody else's. Also takes back an earlier verdict, or what the policy accepted. */
export async function decide(
  input: Omit<SyncInput, "api" | "signal"> & { readonly weighInId: number; readonly verdict: Verdict },
): Promise<Decision> {
  const { person, reader, clock, weighInId, verdict } = input;
  const [group] = await reader.byIds([weighInId]);
  if (group === undefined) return "unknown";
  if (!isAmbiguous(group) || !hasWeight(group)) return "not_held";
  const diff = { added: [], changed: [], gone: [] };
  // A verdict is news whenever the weigh-in was.
  const asked = { ...person, cursor: person.cursor ?? 0 };
  return applyDiff(diff, { person: asked, reader, now: secondsNow(clock), judged: { group, verdict } });
}
