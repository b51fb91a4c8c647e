import { expect, test } from "vitest";
import { UnreachableError } from "../../src/errors.ts";
import { type Failure, retryDelay } from "../../src/http/retry.ts";

const error = new UnreachableError("gone", { code: "network", remedy: "Wait." });
const options = { tries: 1, retries: 3, isRepeatable: true, random: () => 1 };

test("the wait doubles with each try, up to a bound", () => {
  const failure: Failure = { error, repeat: "unclear" };
  const delays = [1, 2, 3, 4, 9].map((tries) => retryDelay(failure, { ...options, tries, retries: 9 }));
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 20_000]);
});

test("half of the wait is left to chance", () => {
  expect(retryDelay({ error, repeat: "unclear" }, { ...options, random: () => 0 })).toBe(250);
});

test("a service that asks for patience gets it", () => {
  const failure: Failure = { error, repeat: "harmless", waitAtLeastMs: 12_000 };
  expect(retryDelay(failure, { ...options, random: () => 0 })).toBe(12_250);
});

test.each([
  ["never", true, false],
  ["never", false, false],
  ["unclear", true, true],
  ["unclear", false, false],
  ["harmless", true, true],
  ["harmless", false, true],
] as const)(
  "after a failure with repeat %s, a call with isRepeatable %s is repeated: %s",
  (repeat, isRepeatable, isRepeated) => {
    expect(retryDelay({ error, repeat }, { ...options, isRepeatable }) !== undefined).toBe(isRepeated);
  },
);

test("after the last retry nothing follows", () => {
  expect(retryDelay({ error, repeat: "harmless" }, { ...options, tries: 4 })).toBeUndefined();
});
