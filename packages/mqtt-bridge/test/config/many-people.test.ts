import { expect, test, vi } from "vitest";
import { load, refused } from "../support/config-files.ts";

// Reading so much YAML takes seconds on a busy machine; a quadratic check took minutes.
vi.setConfig({ testTimeout: 60_000 });

const PEOPLE = 20_000;
const people = (slugOf: (index: number) => string) =>
  `people:\n${Array.from({ length: PEOPLE }, (_, index) => `  - { slug: ${slugOf(index)}, name: N, userid: ${index + 1}, publickey: k }`).join("\n")}`;

test("a configuration of 20,000 people is taken whole", () => {
  expect(load(people((index) => `p${index}`)).people).toHaveLength(PEOPLE);
});

test("an error lists the first problems and the number of the others", () => {
  const text = refused(people(() => "same"));
  expect(text).toContain("people[1].slug (line 3): people[0] has it already");
  expect(text).toContain(`and ${PEOPLE - 1 - 100} more`);
  expect(text.length).toBeLessThan(20_000);
});

test("each of a large number of people may be wrong from the first person to the last", () => {
  const wrong = (length: number) => JSON.stringify(Array.from({ length }, () => ({})));
  expect(refused("", { WEIGHBRIDGE_PEOPLE: wrong(35_000) })).toContain(`and ${35_000 * 4 - 100} more`);
  expect(refused("", { WEIGHBRIDGE_PEOPLE: wrong(100_001) })).toContain("must have at most 100000 entries");
});
