import type { Window } from "../domain/window.ts";

/** Hints that one call to the API follows up together. */
export interface HintedWindow<Hint extends Window> extends Window {
  readonly hints: readonly Hint[];
}

/**
 * Overlapping and touching windows become one; distant ones, such as the two ends of a moved date, stay apart. Hints come in the order in
 * which they were taken; the window of the oldest comes first.
 */
export function mergeHints<Hint extends Window>(hints: readonly Hint[]): HintedWindow<Hint>[] {
  const order = new Map(hints.map((hint, index) => [hint, index]));
  const merged: { from: number; to: number; hints: Hint[] }[] = [];
  for (const hint of hints.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && hint.from <= last.to + 1) {
      last.to = Math.max(last.to, hint.to);
      last.hints.push(hint);
    } else {
      merged.push({ from: hint.from, to: hint.to, hints: [hint] });
    }
  }
  const oldest = ({ hints: ones }: { hints: Hint[] }) => Math.min(...ones.map((hint) => order.get(hint) ?? 0));
  return merged.sort((a, b) => oldest(a) - oldest(b));
}
