import type { Hint } from "../store/store.ts";

/** Hints that one call to the API follows up together. */
export interface HintedWindow {
  readonly from: number;
  readonly to: number;
  readonly hints: readonly number[];
}

/** Overlapping windows become one; distant ones, such as the two ends of a moved date, stay apart. The oldest hint's window comes first. */
export function mergeHints(hints: readonly Hint[]): HintedWindow[] {
  const merged: { from: number; to: number; hints: number[] }[] = [];
  for (const { id, from, to } of hints.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to + 1) {
      last.to = Math.max(last.to, to);
      last.hints.push(id);
    } else {
      merged.push({ from, to, hints: [id] });
    }
  }
  return merged.sort((a, b) => Math.min(...a.hints) - Math.min(...b.hints));
}
