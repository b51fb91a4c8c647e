import { hash } from "node:crypto";
import type { Profile } from "../domain/profile.ts";
import type { EventKind, PersonEvent } from "../domain/weigh-in.ts";

type Content = Pick<PersonEvent, "subjectId" | "measuredAt" | "attribution" | "values" | "comment"> & {
  readonly profile?: Profile;
};

/** 132 bits, the same for the same (person, subject, kind, content) wherever and whenever it is computed. */
export function eventId(personKey: string, kind: EventKind, content: Content): string {
  const { subjectId, measuredAt, attribution, values, comment, profile } = content;
  const measured = [measuredAt, attribution?.code ?? null, sorted(values), comment ?? null];
  // A profile has no time of its own.
  const what = profile === undefined ? measured : sorted(profile);
  return hash("sha256", JSON.stringify([personKey, kind, subjectId, what]), "base64url").slice(0, 22);
}

const sorted = (record: object) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
