import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";

const bridge = (path: string) => fileURLToPath(new URL(`../../packages/mqtt-bridge/${path}`, import.meta.url));
const weighbridge = (...args: string[]) =>
  execFileSync(process.execPath, [bridge("bin/weighbridge.js"), ...args], { encoding: "utf8" });

beforeAll(() => {
  execFileSync(process.execPath, [bridge("scripts/bundle.ts")]);
});

test("the bundled command line, which is what ships, says the version of its package", () => {
  const { version } = JSON.parse(readFileSync(bridge("package.json"), "utf8"));
  expect(weighbridge("--version")).toBe(`${version}\n`);
});

test("the bundled command line checks a configuration as the sources do", () => {
  expect(JSON.parse(weighbridge("config", "schema")).properties).toHaveProperty("mqtt");
  expect(weighbridge("--help")).toContain("Usage: weighbridge <command>");
});

test("the package carries the documents of its topics and the systemd unit", () => {
  const { files } = JSON.parse(readFileSync(bridge("package.json"), "utf8"));
  for (const path of ["asyncapi.yaml", "schemas/person-weigh-in.json", "systemd/weighbridge.service"]) {
    expect(files).toContain(path.split("/")[0]);
    expect(existsSync(bridge(path)), path).toBe(true);
  }
});
