import { beforeAll, describe, expect, test } from "vitest";
import { de, problems as german } from "../../../src/admin/page/words/de.ts";
import { en } from "../../../src/admin/page/words/en.ts";
import { fr, problems as french } from "../../../src/admin/page/words/fr.ts";
import { countText, knownText, languageOf, loadWords, problemText, textOf } from "../../../src/admin/page/words.ts";

const namesIn = (text: string) =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted((a, b) => `${a}`.localeCompare(`${b}`));

describe("the words of the page", () => {
  beforeAll(async () => {
    await loadWords("de");
    await loadWords("fr");
  });

  test.each([
    ["German", de],
    ["French", fr],
  ])("%s has the keys of English, each with the same values to fill in", (_language, words) => {
    expect(Object.keys(words)).toEqual(Object.keys(en));
    for (const [key, text] of Object.entries(en))
      expect([key, namesIn(words[key as keyof typeof en])]).toEqual([key, namesIn(text)]);
  });

  test("German and French explain the same problems", () => {
    expect(Object.keys(german)).toEqual(Object.keys(french));
    expect(problemText("de", "grant_ended")).toBe(german.grant_ended);
    expect(problemText("en", "grant_ended")).toBeUndefined();
    expect(problemText("fr", "constructor")).toBeUndefined();
  });

  test("the first language of the browser that the page speaks is taken, else English", () => {
    expect(languageOf(["it-IT", "fr-CH", "de"])).toBe("fr");
    expect(languageOf(["it"])).toBe("en");
  });

  test("a count chooses its form, as French counts", () => {
    expect(countText("en", "people.found", 0)).toBe("0 people found");
    expect(countText("fr", "people.found", 0)).toBe("Une personne trouvée");
    expect(countText("de", "people.found", 1000)).toBe("1.000 Personen gefunden");
  });

  test("a value that is missing stays visible, and a key that is unknown has no text", () => {
    expect(textOf("en", "held.claim", {})).toBe("It is {name}'s");
    expect(knownText("en", "entry.event.unheard_of")).toBeUndefined();
  });
});
