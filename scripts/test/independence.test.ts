import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const SOURCES = globSync("packages/*/src/**/*.{ts,json,html,md,js}", { cwd: ROOT, exclude: ["**/node_modules/**"] });

/** The service, this project, what texts and name spaces point to, names within a home, and names that nobody can have. */
const HOSTS = [
  ...["wbsapi.withings.net", "account.withings.com", "developer.withings.com", "github.com"],
  ...["www.sqlite.org", "www.w3.org", "hooks.nabu.casa"],
  ...[/^[\w-]+(\.local)?$/, /^(127|192\.168)\./, /(^|\.)example(\.(org|com|net))?$/, /^\[::1\]$/],
];
const isKnown = (host: string) =>
  HOSTS.some((known) => (typeof known === "string" ? known === host : known.test(host)));

test("PUB-NOT-10: no page of a third party stands between a person and the service", () => {
  const found = SOURCES.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    return [...text.matchAll(/https?:\/\/(\w[\w.-]*|\[::1\])/g)].map(([, host = ""]) => [file, host] as const);
  });
  expect(found.length).toBeGreaterThan(10);
  expect(found.filter(([, host]) => !isKnown(host))).toEqual([]);
});

test("PUB-NOT-10: no client id or secret is shipped: the portal's are 64 hexadecimal digits", () => {
  const holders = SOURCES.filter((file) => /\b[0-9a-f]{64}\b/i.test(readFileSync(join(ROOT, file), "utf8")));
  expect(holders).toEqual([]);
});
