import { hash } from "node:crypto";
import type { Profile } from "../domain/profile.ts";
import type { EventKind, PersonEvent } from "../domain/weigh-in.ts";

type Content = Pick<PersonEvent, "subjectId" | "measuredAt" | "attribution" | "values" | "comment"> & {
  readonly profile?: Profile;
};

/**
 * 132 bits, the same for the same event wherever and whenever it is computed. `earlier` is how many events its subject had before it: an edit
 * there and back, or a weigh-in that is deleted and comes again, are events of their own.
 */
export function eventId(personKey: string, kind: EventKind, content: Content, earlier: number): string {
  const { subjectId, measuredAt, attribution, values, comment, profile } = content;
  const measured = [measuredAt, attribution?.code ?? null, sorted(values), comment ?? null];
  // A profile has no time of its own.
  const what = profile === undefined ? measured : sorted(profile);
  return hash("sha256", JSON.stringify([personKey, kind, subjectId, what, earlier]), "base64url").slice(0, 22);
}

const sorted = (record: object) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
