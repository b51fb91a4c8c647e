import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { Journal } from "../../src/account/journal.ts";

async function linesIn(path: string): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of new Journal(path).read()) lines.push(line);
  return lines;
}

const newPath = async () => join(stateDir(), "new", "file.json");

test("what was appended is read in order, after what the file was begun with", async () => {
  const path = await newPath();
  const journal = new Journal(path);
  await journal.rewrite([1, 2]);
  await journal.append([3]);
  await journal.append([4, 5]);
  await journal.close();
  expect(await linesIn(path)).toEqual([1, 2, 3, 4, 5]);
});

test("a last line that a power cut left incomplete is skipped, and cut off when the file is begun again", async () => {
  const path = await newPath();
  const journal = new Journal(path);
  await journal.rewrite(["whole"]);
  await journal.close();
  await appendFile(path, '{"half":');
  expect(await linesIn(path)).toEqual(["whole"]);
  const next = new Journal(path);
  await next.rewrite(await linesIn(path));
  await next.append(["after"]);
  await next.close();
  expect(await readFile(path, "utf8")).toBe('"whole"\n"after"\n');
});

test("an append is some hundred bytes, however long the file is", async () => {
  const path = await newPath();
  const journal = new Journal(path);
  await journal.rewrite(Array.from({ length: 20_000 }, (_, n) => ({ n, text: "x".repeat(100) })));
  const before = (await readFile(path)).length;
  await journal.append([{ small: true }]);
  await journal.close();
  expect((await readFile(path)).length - before).toBe('{"small":true}\n'.length);
  expect(await linesIn(path)).toHaveLength(20_001);
});
