import { vi } from "vitest";

/** How long a test waits for what must come, before it counts as hung: the default of 1 s would measure the machine. */
const PATIENCE_MS = 20_000;

const waitFor = vi.waitFor;
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === "number" ? options : { timeout: PATIENCE_MS, interval: 20, ...options });
