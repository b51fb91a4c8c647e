import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Texts of a form. */
export interface FormTexts {
  readonly labels: readonly string[];
  /** Placeholders, tooltips, options, buttons, hints. */
  readonly others: readonly string[];
  /** The least contrast of a label or hint to what is behind it, and which one has it. */
  readonly contrast: { readonly ratio: number; readonly text: string };
  /** Texts that do not fit where they stand. */
  readonly cut: readonly string[];
}

/** Runs in the page. */
export const READ_FORM = `(tray) => {
  const form = tray.querySelector(".withings-form");
  const seen = (selector) => [...form.querySelectorAll(selector)].filter((element) => element.offsetParent !== null);
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const linear = [r, g, b].map((part) => part / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color[3] === undefined || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const contrast = (element) => {
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const prose = seen("label, legend, .withings-hint, .form-tips, input[readonly]");
  const [worst] = prose.map((element) => ({ ratio: contrast(element), text: element.innerText })).sort((a, b) => a.ratio - b.ratio);
  return {
    labels: seen("label, legend").map((element) => element.innerText.trim()),
    others: [
      ...["placeholder", "title", "aria-label"].flatMap((name) => seen("[" + name + "]").map((element) => element.getAttribute(name))),
      ...seen("option, button, .withings-hint, .form-tips").map((element) => element.textContent.trim()),
    ].filter(Boolean),
    contrast: worst,
    cut: prose.filter((element) => element.tagName !== "INPUT" && element.scrollWidth > element.clientWidth + 1).map((element) => element.innerText),
  };
}`;

export type Language = "en" | "de" | "fr";

const NODES = fileURLToPath(new URL("../../packages/node-red-nodes/src/nodes", import.meta.url));

/** Every text of a node's catalogue, and Node-RED's own word for a name. */
export function catalogueOf(type: string, language: Language): ReadonlySet<string> {
  const texts = new Set<string>([NAMES[language]]);
  const walk = (node: object) => {
    for (const value of Object.values(node))
      if (typeof value === "string") texts.add(value);
      else walk(value);
  };
  walk(JSON.parse(readFileSync(`${NODES}/${type}/locales/${language}/labels.json`, "utf8")) as object);
  return texts;
}

const NAMES = { en: "Name", de: "Name", fr: "Nom" } as const;

/** A text that was never translated: a key of a catalogue, or a place in it that was not filled. */
export const UNTRANSLATED = /^\[?[\w/@:-]*\b[a-z_]+\.[a-z_]+$|__\w+__/;

/** Headings of the help. */
export const HEADINGS: Readonly<Record<Language, Readonly<Record<"account" | "node", readonly string[]>>>> = {
  en: headings("Inputs", "Outputs", "Details", "Errors", "References"),
  de: headings("Eingaben", "Ausgaben", "Details", "Fehler", "Verweise"),
  fr: headings("Entrées", "Sorties", "Détails", "Erreurs", "Références"),
};

/** A config node has no messages. */
function headings(...node: readonly string[]) {
  return { node, account: node.slice(2) };
}
