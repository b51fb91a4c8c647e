import type { Profile } from "../domain/profile.ts";
import type { PersonEvent } from "../domain/weigh-in.ts";
import type { SyncChange } from "../ports/person-store.ts";
import { derive } from "./derive.ts";
import { eventId } from "./event-id.ts";
import { type SyncInput, secondsNow } from "./fetched.ts";
import { isShowable } from "./horizon.ts";

/** Takes a freshly read profile in; undefined where nothing changed. The first one is no event. */
export function applyProfile(
  input: Pick<SyncInput, "person" | "clock"> & { readonly profile: Profile },
): SyncChange | undefined {
  const { person } = input;
  const { profile: known } = person.state;
  const profile = shown(input.profile);
  if (JSON.stringify(known) === JSON.stringify(profile)) return undefined;
  const nothing = { upserts: [], removals: [], state: { ...person.state, profile } };
  if (known === null) return { ...nothing, events: [] };
  const earlier = person.memory.profileEvents ?? 0;
  return { ...nothing, events: [profileEvent(profile, earlier, input)], memory: { profileEvents: earlier + 1 } };
}

/** Without a date of birth that cannot be shown. */
function shown(profile: Profile): Profile {
  const { birthDate = 0, ...others } = profile;
  return isShowable(birthDate) ? profile : others;
}

function profileEvent(
  profile: Profile,
  earlier: number,
  { person, clock }: Pick<SyncInput, "person" | "clock">,
): PersonEvent {
  const now = secondsNow(clock);
  const content = { subjectId: null, measuredAt: now, attribution: null, values: {}, profile };
  const id = eventId(person.key, "profile_updated", content, earlier);
  const derived = derive(person.state);
  return { id, kind: "profile_updated", ...content, recordedAt: now, backdated: false, derived };
}
