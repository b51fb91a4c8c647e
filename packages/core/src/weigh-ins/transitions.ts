import type { EventKind } from "../domain/weigh-in.ts";
import type { Reading } from "./readings.ts";

/** One thing that became of one reading. `reading` is what it is now, or was last. */
export interface Transition {
  readonly kind: EventKind | "unannounced";
  readonly before: Reading | undefined;
  readonly after: Reading | undefined;
}

/**
 * What became of the readings of a neighbourhood. `touched` are the groups that were added or edited: a companion that is left alone by
 * its weigh-in was not measured again.
 */
export function transitionsOf(
  before: readonly Reading[],
  after: readonly Reading[],
  touched: ReadonlySet<number>,
): Transition[] {
  const known = new Map(before.map((reading) => [keyOf(reading), reading]));
  const now = new Map(after.map((reading) => [keyOf(reading), reading]));
  const transitions: Transition[] = [];
  for (const [key, was] of known) {
    if (!now.has(key)) transitions.push(...ended(was));
  }
  for (const [key, is] of now) {
    const was = known.get(key);
    if (was === undefined || !isSame(was, is) || !isSaid(was, is)) transitions.push(...became(was, is, touched));
  }
  return transitions;
}

const keyOf = ({ kind, id }: Reading) => `${kind} ${id}`;

const isSame = (a: Reading, b: Reading): boolean =>
  a.standing === b.standing && JSON.stringify([a.groupIds, a.latest]) === JSON.stringify([b.groupIds, b.latest]);

/** Whether what an event would say was said before: a companion may bring nothing that the weigh-in did not have. */
const isSaid = (a: Reading, b: Reading): boolean =>
  a.measuredAt === b.measuredAt &&
  a.attribution.code === b.attribution.code &&
  a.comment === b.comment &&
  JSON.stringify(a.values) === JSON.stringify(b.values);

/** Who was told of a weigh-in, for sure or as a question, is told of its end. */
function ended(was: Reading): Transition[] {
  const wasTold = was.kind === "weigh_in" && was.standing !== "silent";
  return [{ kind: wasTold ? "weigh_in_deleted" : "unannounced", before: was, after: undefined }];
}

function became(was: Reading | undefined, is: Reading, touched: ReadonlySet<number>): Transition[] {
  const both = (kind: Transition["kind"]): Transition[] => [{ kind, before: was, after: is }];
  if (is.kind === "target") return both("target_set");
  const isFresh = was?.standing !== is.standing || is.groupIds.some((id) => touched.has(id));
  if (is.standing === "held") {
    const question: Transition = { kind: isFresh ? "weigh_in_ambiguous" : "unannounced", before: undefined, after: is };
    return was?.standing === "accepted" ? [...ended(was), question] : both(question.kind);
  }
  if (is.standing === "silent") return was === undefined ? both("unannounced") : silenced(was, is);
  if (is.kind === "measurement") return both(isFresh ? "measurement" : "unannounced");
  if (was?.standing !== "accepted") return both("weigh_in");
  return both(isSaid(was, is) ? "unannounced" : "weigh_in_updated");
}

/** A question that was answered with no needs no further word; what had counted is taken back. */
function silenced(was: Reading, is: Reading): Transition[] {
  const isTakenBack = was.kind === "weigh_in" && was.standing === "accepted";
  return [{ kind: isTakenBack ? "weigh_in_deleted" : "unannounced", before: was, after: is }];
}
