import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Profile } from "../domain/profile.ts";
import type { PersonEvent, PersonState } from "../domain/weigh-in.ts";
import type { SyncChange } from "../ports/person-store.ts";
import { derive } from "./derive.ts";
import { eventId } from "./event-id.ts";
import { type SyncInput, secondsNow } from "./fetched.ts";
import { isShowable } from "./horizon.ts";

/** Takes a freshly read profile in; undefined where nothing changed. The first one is no event. A goal that changed is `target_set`; one that ended is cleared without an event. */
export function applyProfile(
  input: Pick<SyncInput, "person" | "clock"> & { readonly profile: Profile },
): SyncChange | undefined {
  const { person, clock } = input;
  const { profile: known, target: before } = person.state;
  const { targetWeight, ...others } = input.profile;
  const profile = shown(others);
  const target = targetAfter(before, targetWeight, secondsNow(clock));
  const isSame = JSON.stringify(known) === JSON.stringify(profile);
  if (isSame && target === before) return undefined;
  const state = { ...person.state, profile, target };
  const kinds: ("profile_updated" | "target_set")[] = [];
  if (known !== null && !isSame) kinds.push("profile_updated");
  if (known !== null && target !== before && targetWeight !== undefined) kinds.push("target_set");
  const nothing = { upserts: [], removals: [], state };
  if (kinds.length === 0) return { ...nothing, events: [] };
  const earlier = person.memory.profileEvents ?? 0;
  const events = kinds.map((kind, index) => eventOf(kind, earlier + index, { person: { ...person, state }, clock }));
  return { ...nothing, events, memory: { profileEvents: earlier + events.length } };
}

/** Of a target that no group holds: no group of the API has this id. */
const NO_GROUP = 0;

/** The targets with a goal of the profile among them; the same object where it stays. A target that a group holds ends with its group. */
function targetAfter(
  before: PersonState["target"],
  goal: number | undefined,
  now: EpochSeconds,
): PersonState["target"] {
  const { weight: known, ...others } = before;
  const isOurs = known?.groupId === NO_GROUP;
  if (goal === undefined) return isOurs ? others : before;
  if (isOurs && known.value === goal) return before;
  const weight = { type: "weight", code: 1, value: goal, measuredAt: now, groupId: NO_GROUP };
  return { ...others, weight };
}

/** Without a date of birth that cannot be shown. */
function shown(profile: Profile): Profile {
  const { birthDate = 0, ...others } = profile;
  return isShowable(birthDate) ? profile : others;
}

function eventOf(
  kind: "profile_updated" | "target_set",
  earlier: number,
  { person, clock }: Pick<SyncInput, "person" | "clock">,
): PersonEvent {
  const now = secondsNow(clock);
  const { profile, target } = person.state;
  const weight = target["weight"]?.value;
  const values = kind === "target_set" && weight !== undefined ? { weight } : {};
  const about = kind === "profile_updated" && profile !== null ? { profile } : {};
  const content = { subjectId: null, measuredAt: now, attribution: null, values, ...about };
  const id = eventId(person.key, kind, content, earlier);
  return { id, kind, ...content, recordedAt: now, backdated: false, derived: derive(person.state) };
}
