import { setTimeout as sleep } from "node:timers/promises";

/** Waits for real parts, whose clocks nobody moves. */
export async function until<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 20_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not true after ${limitMs} ms: ${probe}`);
    await sleep(20);
  }
}
