import type { UnknownSink } from "../domain/unknown-code.ts";
import { LIMITS } from "../limits.ts";

/** Passes each unknown code on once, and falls silent after so many: a server could invent any number. */
export function reportOnce(report: UnknownSink): UnknownSink {
  const reported = new Set<string>();
  return (unknown) => {
    if (reported.size >= LIMITS.unknownCodes) return;
    const name = `${unknown.kind} ${unknown.code}`;
    if (reported.has(name)) return;
    reported.add(name);
    report(unknown);
  };
}
