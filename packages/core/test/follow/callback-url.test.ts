import { expect, test } from "vitest";
import { checkCallbackUrl } from "../../src/follow/callback-url.ts";

const long = (length: number) => `http://home.example.org/${"a".repeat(length - 24)}`;

test.each([
  ["wbs", "http://192.168.1.4:8480/w/abc"],
  ["wbs", long(128)],
  ["public", "https://home.example.org/w/abc"],
  ["public", "https://home.example.org:443/w/abc"],
] as const)("%s takes %s", (generation, url) => {
  expect(checkCallbackUrl(generation, url)).toBeUndefined();
});

test.each([
  ["wbs", long(129), "129 characters"],
  ["wbs", "home.example.org", "not a URL"],
  ["wbs", "ftp://home.example.org/", "http://"],
  ["wbs", "http://me:secret@home.example.org/", "user name"],
  ["wbs", "http://home.example.org/#a", "#"],
  ["public", "http://home.example.org/", "https://"],
  ["public", "https://home.example.org:8443/", "port"],
  ["public", "https://192.168.1.4/", "host name"],
  ["public", "https://localhost/", "host name"],
] as const)("%s refuses %s and says why", (generation, url, reason) => {
  expect(checkCallbackUrl(generation, url)).toContain(reason);
});
