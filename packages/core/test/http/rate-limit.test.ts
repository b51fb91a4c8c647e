import { expect, test } from "vitest";
import { RateLimit } from "../../src/http/rate-limit.ts";

test("the call beyond the limit has room a minute after the first", () => {
  const limit = new RateLimit(2);
  expect(limit.freeAt(0)).toBe(0);
  limit.add(0);
  limit.add(10_000);
  expect(limit.freeAt(20_000)).toBe(60_000);
  expect(limit.freeAt(60_000)).toBe(60_000);
  limit.add(60_000);
  expect(limit.freeAt(60_000)).toBe(70_000);
});
