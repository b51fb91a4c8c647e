import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Of the repository. */
export const ROOT = join(import.meta.dirname, "../..");

export const readDeploy = (path: string): string => readFileSync(join(ROOT, "deploy", path), "utf8");
