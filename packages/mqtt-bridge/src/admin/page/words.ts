import { en, type Key, type Words } from "./words/en.ts";

export type { Key };

/** Languages of the page, each by its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch", fr: "Français" } as const;
export type Language = keyof typeof LANGUAGES;

/** Of one language; problems are those of a person, with the remedy. */
interface Spoken {
  readonly words: Words;
  /** Empty in English, which is what the bridge itself says. */
  readonly problems: Readonly<Record<string, string>>;
}

const spoken = new Map<Language, Spoken>([["en", { words: en, problems: {} }]]);

const LOADERS = {
  de: () => import("./words/de.ts").then(({ de, problems }) => ({ words: de, problems })),
  fr: () => import("./words/fr.ts").then(({ fr, problems }) => ({ words: fr, problems })),
} as const;

/** Loads the words of a language, which the other functions speak from then on. */
export async function loadWords(language: Language): Promise<void> {
  if (language !== "en" && !spoken.has(language)) spoken.set(language, await LOADERS[language]());
}

export const isLanguage = (text: string | null | undefined): text is Language =>
  text !== null && text !== undefined && Object.hasOwn(LANGUAGES, text);

/** The first of the browser's languages that the page speaks. */
export function languageOf(wanted: readonly string[]): Language {
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? "en";
}

export type Values = Readonly<Record<string, string | number>>;

/** A text with its values filled in. */
export function textOf(language: Language, key: Key, values: Values = {}): string {
  return (spoken.get(language)?.words ?? en)[key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}

/** Stems of texts that exist for one and for several. */
export type PluralStem = { [K in Key]: K extends `${infer Stem}.other` ? Stem : never }[Key];

export function countText(language: Language, stem: PluralStem, n: number): string {
  const form = new Intl.PluralRules(language).select(n) === "one" ? "one" : "other";
  return textOf(language, `${stem}.${form}`, { n: new Intl.NumberFormat(language).format(n) });
}

/** A text whose key is made of what the server sent; undefined where the page has no words for it. */
export function knownText(language: Language, key: string, values: Values = {}): string | undefined {
  return Object.hasOwn(en, key) ? textOf(language, key as Key, values) : undefined;
}

/** What is wrong and what to do; undefined where the bridge's own words serve better. */
export function problemText(language: Language, code: string): string | undefined {
  const problems = spoken.get(language)?.problems ?? {};
  return Object.hasOwn(problems, code) ? problems[code] : undefined;
}
