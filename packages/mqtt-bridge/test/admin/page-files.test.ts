import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { PageFiles } from "../../src/admin/page-files.ts";

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "weighbridge-files-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return `${folder}/`;
}

test("a file of the page goes out compressed to who takes that, else as it is", async () => {
  const folder = await folderWith({ "index.html": "<p>page</p>" });
  const files = new PageFiles(() => folder);
  const plain = await files.at("/");
  expect([plain?.headers["content-encoding"], String(plain?.body)]).toEqual([undefined, "<p>page</p>"]);
  const compressed = await files.at("/index.html", "deflate, gzip;q=0.9");
  expect(compressed?.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(compressed?.body as Buffer).toString()).toBe("<p>page</p>");
});

test("nothing but files of the page is served, and a page that is not built says what to do", async () => {
  const folder = await folderWith({ "index.html": "", "main.js.map": "", "notes.txt": "" });
  const files = new PageFiles(() => folder);
  for (const path of ["/main.js.map", "/notes.txt", "/../index.html", "/constructor"])
    expect([path, await files.at(path)]).toEqual([path, undefined]);
  expect(String((await new PageFiles(() => undefined).at("/"))?.body)).toContain("pnpm build");
});
