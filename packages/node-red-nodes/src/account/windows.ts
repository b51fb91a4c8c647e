import type { Hint } from "./record.ts";

/** Hints that one call to the API follows up together. */
export interface HintedWindow extends Hint {
  readonly hints: readonly Hint[];
}

/** Overlapping windows become one; distant ones, such as the two ends of a moved date, stay apart. */
export function mergeHints(hints: readonly Hint[]): HintedWindow[] {
  const merged: { from: number; to: number; hints: Hint[] }[] = [];
  for (const hint of hints.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && hint.from <= last.to + 1) {
      last.to = Math.max(last.to, hint.to);
      last.hints.push(hint);
    } else {
      merged.push({ ...hint, hints: [hint] });
    }
  }
  return merged;
}
