import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPage } from "../../../scripts/page.ts";

const FIRST_PAINT_BYTES = 50_000;

describe("the built page", () => {
  let folder: string;
  const sizes = new Map<string, number>();
  const texts = new Map<string, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "weighbridge-page-"));
    await buildPage(folder);
    for (const name of await readdir(folder)) {
      const content = await readFile(join(folder, name));
      sizes.set(name, gzipSync(content).length);
      texts.set(name, content.toString());
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  const sum = (names: readonly string[]) => names.reduce((bytes, name) => bytes + (sizes.get(name) ?? Number.NaN), 0);
  const chunk = (stem: string) => [...sizes.keys()].find((name) => name.startsWith(`${stem}-`)) ?? stem;

  test.each(["de", "fr"])("its first paint is below 50 kB compressed, with the words of %s", (language) => {
    expect(sum(["index.html", "page.css", "main.js", "icon.svg", chunk(language)])).toBeLessThan(FIRST_PAINT_BYTES);
  });

  test("the chart is loaded later", () => {
    expect(sum([chunk("chart")])).toBeGreaterThan(10_000);
    expect(texts.get("index.html")).not.toContain("chart");
  });

  test("it names no other host, holds no inline script or style, and every address is relative", () => {
    const html = texts.get("index.html") ?? "";
    expect(html).not.toMatch(/ style=|<style|<script(?![^>]* src=)| on\w+=|https?:/);
    expect(html).not.toMatch(/(?:src|href)="\//);
    expect(texts.get("page.css")).not.toMatch(/url\(|https?:/);
    expect(texts.get("main.js")).not.toMatch(/["'`]\/api/);
  });
});
