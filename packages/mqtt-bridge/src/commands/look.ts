import type { Clock } from "@weighbridge/core";

/** A look at a URL takes no longer. */
const LOOK_MS = 5_000;

/** The HTTP status that a URL answers to HEAD; undefined where nothing answers. */
export async function look(url: string, clock: Clock): Promise<number | undefined> {
  const [late, done] = [new AbortController(), new AbortController()];
  clock.sleep(LOOK_MS, done.signal).then(
    () => late.abort(),
    () => {},
  );
  try {
    return (await fetch(url, { method: "HEAD", redirect: "manual", signal: late.signal })).status;
  } catch {
    return undefined;
  } finally {
    done.abort();
  }
}
