import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { helpPageOf, LANGUAGES, TYPES } from "../support/editor.ts";

const render = editorsRenderer();

describe.each(TYPES.flatMap((type) => LANGUAGES.map((language) => [type, language] as const)))(
  "the help of %s in %s",
  (type, language) => {
    test("shows every word in Node-RED's editor", async () => {
      const page = await helpPageOf(type, language);
      expect(wordsOf(textOf(render(page)))).toEqual(wordsOf(plain(page)));
    });

    test("has each definition and each item of a list in its own element", async () => {
      const page = await helpPageOf(type, language);
      const html = render(page);
      const count = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].length;
      expect(count(/<dt>/g, html)).toBe(count(/^: /gm, page));
      expect(count(/<li>/g, html)).toBe(count(/^- /gm, page));
      expect(textOf(html)).not.toMatch(/^:|[*`]|^- /m);
    });
  },
);

test("a second colon in a definition loses words: the test above would find it", () => {
  const broken = ": payload (object) : *list*: everything.\n";
  expect(wordsOf(textOf(render(broken)))).not.toEqual(wordsOf(plain(broken)));
});

/** The Markdown that Node-RED's editor understands: its own copy of marked, with its own rules for lists of definitions. */
function editorsRenderer(): (markdown: string) => string {
  const api = createRequire(createRequire(import.meta.url).resolve("node-red")).resolve("@node-red/editor-api");
  const client = join(dirname(createRequire(api).resolve("@node-red/editor-client")), "public");
  const marked = readFileSync(join(client, "vendor/vendor.js"), "utf8")
    .split("\n")
    .find((line) => line.startsWith("!function") && line.includes(".marked={}"));
  const editor = readFileSync(join(client, "red/red.js"), "utf8");
  const from = editor.indexOf("const descriptionList = {");
  const last = "window._marked.use({extensions: [descriptionList, description] } );";
  const rules = editor.slice(from, editor.indexOf(last) + last.length);
  const page = { window: {} as Record<string, unknown> };
  return runInNewContext(
    `${marked}; window._marked = globalThis.marked; ${rules}; (markdown) => window._marked.parse(markdown)`,
    page,
  ) as (markdown: string) => string;
}

/** Without the marks of Markdown, and without the targets of links. */
const plain = (markdown: string) => markdown.replace(/\]\([^)]*\)/g, "]");

const textOf = (html: string) =>
  html
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

const wordsOf = (text: string) => text.match(/[\p{L}\p{N}_]+/gu) ?? [];
