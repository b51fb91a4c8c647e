import type { SkippedSink } from "../domain/skipped.ts";
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

/** Passes on the first loss of each field. The fields are ours, so that their number is small. */
export function reportOncePerField(report: SkippedSink): SkippedSink {
  const reported = new Set<string>();
  return (skipped) => {
    if (reported.has(skipped.field)) return;
    reported.add(skipped.field);
    report(skipped);
  };
}
