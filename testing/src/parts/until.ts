import { setTimeout as sleep } from "node:timers/promises";

/** Asks until the probe gives a value that is neither undefined nor false. The limit ends a hung test; it measures nothing. */
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
