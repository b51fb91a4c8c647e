import { expect, test } from "vitest";
import { ERROR_CODES, type ErrorCode } from "../../src/error-codes.ts";
import { statusEntry as todaysEntry } from "../../src/public/statuses.ts";
import { STATUSES as ORIGINAL } from "../../src/wbs/statuses.ts";

const STATUSES = Array.from({ length: 10_001 }, (_, status) => status);
const usual = (code: ErrorCode) => ERROR_CODES[code as keyof typeof ERROR_CODES]?.remedy ?? "";

test("PUB-NOT-11: no status of today's API is explained with the words or limits of the original one", () => {
  const words = STATUSES.map((status) => {
    const { code, meaning, remedy = usual(code) } = todaysEntry(status);
    return `${status}: ${meaning}. ${remedy}`;
  });
  expect(
    words.filter((text) => /publickey|128 characters|Share overlay|three weeks|original API|can have 16/i.test(text)),
  ).toEqual([]);
});

test("PUB-NOT-11: no status of the original API is explained with the words of today's", () => {
  const words = Object.entries(ORIGINAL).map(
    ([status, { code, meaning }]) => `${status} ${code}: ${meaning}. ${usual(code)}`,
  );
  expect(words.filter((text) => /authorize|consent|ClientID|developer portal/i.test(text))).toEqual([]);
});
