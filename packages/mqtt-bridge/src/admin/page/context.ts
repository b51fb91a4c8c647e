import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Format } from "./format.ts";
import type { Live } from "./live.ts";
import { countText, type Key, type Language, type PluralStem, textOf, type Values } from "./words.ts";

/** Everything that each part of the page may use. */
export interface Surroundings {
  readonly live: Live;
  readonly language: Language;
  readonly format: Format;
  readonly now: Date;
  t(key: Key, values?: Values): string;
  n(stem: PluralStem, count: number): string;
  /** Says what became of an action, to eyes and screen readers. */
  say(text: string): void;
}

export const wordsIn = (language: Language): Pick<Surroundings, "t" | "n"> => ({
  t: (key, values) => textOf(language, key, values),
  n: (stem, count) => countText(language, stem, count),
});

export const Here = createContext<Surroundings | null>(null);

export function useHere(): Surroundings {
  const here = useContext(Here);
  if (here === null) throw new Error("a part of the page stands outside of the page");
  return here;
}

/** Follows a media query, such as the width of the window or its dark mode. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = () => setMatches(list.matches);
    follow();
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, [query]);
  return matches;
}
