import { expect, test } from "vitest";
import { RepeatGuard } from "../../src/http/repeat-guard.ts";

test("calls are remembered for as long as they count, and no longer", () => {
  const guard = new RepeatGuard(12_000);
  for (let call = 0; call < 10_000; call++) guard.add(`call ${call}`, call);
  expect(guard.size).toBe(10_000);
  expect(guard.allowedAt("call 0")).toBe(12_000);
  guard.add("late", 15_000);
  expect(guard.size).toBe(10_000 - 3_001 + 1);
});
