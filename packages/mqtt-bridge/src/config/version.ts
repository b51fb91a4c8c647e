import { existsSync, readFileSync } from "node:fs";

/** As a source and as a compiled file this module is two folders deep, in the bundle one. */
const manifest = ["../package.json", "../../package.json"]
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

/** Of the package that this file ships in. */
export const VERSION: string = manifest ? JSON.parse(readFileSync(manifest, "utf8")).version : "unknown";
