import { afterEach, beforeEach, expect, vi } from "vitest";

/** A library that prints has lost control of its output: any console call fails the test that caused it. */
const methods = ["debug", "error", "info", "log", "warn"] as const;
const calls: string[] = [];

beforeEach(() => {
  calls.length = 0;
  for (const method of methods)
    vi.spyOn(console, method).mockImplementation((...args) => void calls.push(`${method}: ${args.join(" ")}`));
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(calls, "console was used").toEqual([]);
});
