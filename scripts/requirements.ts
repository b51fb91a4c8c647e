import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { requirements } from "../packages/core/test/requirements.ts";
import { citationsIn, coverageOf, unknownIds } from "./citations.ts";

/** Families whose every id must be cited by a test. */
const FINISHED = new Set(["WBS", "PUB"]);

const root = fileURLToPath(new URL("..", import.meta.url));
const files = globSync("{packages/*,conformance,e2e,bench,scripts}/test/**/*.test.ts", {
  cwd: root,
  exclude: ["**/node_modules/**"],
});
const citations = files.flatMap((file) => citationsIn(file, readFileSync(`${root}${file}`, "utf8")));
const ids = Object.keys(requirements);

for (const { family, known, uncited } of coverageOf(ids, citations)) {
  process.stdout.write(`${family}: cited ${known - uncited.length} of ${known}\n`);
  if (uncited.length > 0) process.stdout.write(`  not cited: ${uncited.join(", ")}\n`);
  if (uncited.length > 0 && FINISHED.has(family)) process.exitCode = 1;
}
for (const { id, title } of unknownIds(ids, citations)) {
  process.stdout.write(`unknown id ${id} in "${title}"\n`);
  process.exitCode = 1;
}
