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

  test("its first paint is below 50 kB compressed, and so is all of it with a language and the chart", () => {
    const first = ["index.html", "page.css", "main.js", "icon.svg"];
    expect(sum(first)).toBeLessThan(FIRST_PAINT_BYTES);
    expect(sum([...first, chunk("fr"), chunk("chart")])).toBeLessThan(FIRST_PAINT_BYTES);
  });

  test("it names no other host, holds no inline script or style, and every address is relative", () => {
    const html = texts.get("index.html") ?? "";
    expect(html).not.toMatch(/ style=|<style|<script(?![^>]* src=)| on\w+=|https?:/);
    expect(html).not.toMatch(/(?:src|href)="\//);
    expect(texts.get("page.css")).not.toMatch(/url\(|https?:/);
    expect(texts.get("main.js")).not.toMatch(/["'`]\/api/);
  });
});
