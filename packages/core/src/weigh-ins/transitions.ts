import type { EventKind } from "../domain/weigh-in.ts";
import type { Reading } from "./readings.ts";

/** One step of one reading, from `before` to `after`; undefined where there is none. */
export interface Transition {
  readonly kind: EventKind | "unannounced";
  readonly before: Reading | undefined;
  readonly after: Reading | undefined;
}

/**
 * Compares the readings of a neighbourhood. `touched` are the groups that were added or edited: a companion that is left alone by its
 * weigh-in was not measured again.
 */
export function transitionsOf(
  before: readonly Reading[],
  after: readonly Reading[],
  touched: ReadonlySet<number>,
): Transition[] {
  const earlier = new Map(before.map((reading) => [keyOf(reading), reading]));
  const later = new Map(after.map((reading) => [keyOf(reading), reading]));
  const transitions: Transition[] = [];
  for (const [key, reading] of earlier) {
    if (!later.has(key)) transitions.push(ended(reading));
  }
  for (const [key, reading] of later) {
    const known = earlier.get(key);
    if (known === undefined || !isSame(known, reading) || !isAnnounced(known, reading))
      for (const transition of became(known, reading, touched)) transitions.push(transition);
  }
  return transitions;
}

const keyOf = ({ kind, id }: Reading) => `${kind} ${id}`;

const isSame = (a: Reading, b: Reading): boolean =>
  a.standing === b.standing &&
  a.isAmbiguous === b.isAmbiguous &&
  JSON.stringify([a.groupIds, a.latest]) === JSON.stringify([b.groupIds, b.latest]);

/** Whether an event of `b` would repeat the one of `a`: a companion may bring nothing that the weigh-in did not have. */
const isAnnounced = (a: Reading, b: Reading): boolean =>
  a.measuredAt === b.measuredAt &&
  a.attribution.code === b.attribution.code &&
  a.comment === b.comment &&
  JSON.stringify(a.values) === JSON.stringify(b.values);

/** A weigh-in that was announced (also as ambiguous) gets a `weigh_in_deleted`. */
function ended(before: Reading): Transition {
  const wasAnnounced = before.kind === "weigh_in" && before.standing !== "silent";
  return { kind: wasAnnounced ? "weigh_in_deleted" : "unannounced", before, after: undefined };
}

function became(before: Reading | undefined, after: Reading, touched: ReadonlySet<number>): Transition[] {
  const both = (kind: Transition["kind"]): Transition[] => [{ kind, before, after }];
  if (after.kind === "target") return both("target_set");
  const isFresh = before?.standing !== after.standing || after.groupIds.some((id) => touched.has(id));
  if (after.standing === "held") {
    const question: Transition = { kind: isFresh ? "weigh_in_ambiguous" : "unannounced", before: undefined, after };
    return before?.standing === "accepted" ? [ended(before), question] : both(question.kind);
  }
  if (after.standing === "silent") return before === undefined ? both("unannounced") : silenced(before, after);
  if (after.kind === "measurement") return both(isFresh ? "measurement" : "unannounced");
  if (before?.standing !== "accepted") return both("weigh_in");
  return both(isAnnounced(before, after) ? "unannounced" : "weigh_in_updated");
}

/** A question that was answered with no gets no event; a weigh-in that had counted is taken back. */
function silenced(before: Reading, after: Reading): Transition[] {
  const isTakenBack = before.kind === "weigh_in" && before.standing === "accepted";
  return [{ kind: isTakenBack ? "weigh_in_deleted" : "unannounced", before, after }];
}
