// Gives the image of compose.yaml and Home Assistant's app the version of the packages: `pnpm version-packages` runs it after `changeset version`.
import { readFileSync, writeFileSync } from "node:fs";
import { withVersion } from "./versions.ts";

const file = (path: string) => new URL(path, import.meta.url);
const { version } = JSON.parse(readFileSync(file("../packages/mqtt-bridge/package.json"), "utf8"));

for (const path of [
  "compose.yaml",
  "home-assistant-app/config.yaml",
  "home-assistant-app/Dockerfile",
  "home-assistant-app/CHANGELOG.md",
])
  writeFileSync(file(path), withVersion(path, readFileSync(file(path), "utf8"), version));
