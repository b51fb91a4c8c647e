import { emptyPersonState, type PersonEvent, type PersonState, type WeighIn } from "@weighbridge/core";
import type { PersonView } from "../../src/messages/person-documents.ts";
import { START } from "./open-store.ts";

const DAY = 86_400;

const WEIGH_IN: WeighIn = {
  id: 2909,
  measuredAt: START,
  attribution: { code: 0, name: "device" },
  values: { weight: 79.3, fat_ratio: 17.8 },
  groupIds: [2909],
  comment: "after breakfast",
};

/** Values by key, each a day older than the one before it. */
export function stateWith(values: Readonly<Record<string, number>>, more: Partial<PersonState> = {}): PersonState {
  const latest = Object.entries(values).map(([key, value], index) => [
    key,
    { type: key, code: 0, value, measuredAt: START - index * DAY, groupId: index + 1 },
  ]);
  return { ...emptyPersonState(), latest: Object.fromEntries(latest), ...more };
}

/** A person with a weigh-in, a height and a target. */
export const knownState: PersonState = stateWith(
  { weight: 79.3, fat_ratio: 17.8, height: 1.73 },
  {
    lastWeighIn: WEIGH_IN,
    previousWeight: 80.1,
    trend: { value: 79.8, at: START },
    target: { weight: { type: "weight", code: 1, value: 75, measuredAt: START - 30 * DAY, groupId: 9 } },
    profile: { firstName: "Ada", gender: "female", birthDate: 211_629_600, isSharing: true },
  },
);

export function viewOf(state: PersonState, more: Partial<PersonView> = {}): PersonView {
  return {
    settings: { slug: "ada", name: "Ada", weight_unit: "kg" },
    state,
    seen: Object.keys(state.latest),
    subscription: null,
    isAvailable: true,
    held: { count: 0, newest: [] },
    others: [],
    ...more,
  };
}

export const weighInEvent: PersonEvent = {
  id: "e1",
  kind: "weigh_in",
  subjectId: 2909,
  measuredAt: START,
  recordedAt: START + 4,
  backdated: false,
  attribution: { code: 0, name: "device" },
  values: { weight: 79.3, fat_ratio: 17.8 },
  derived: { bmi: 26.5, change: -0.8, trend: 79.8, toTarget: 4.3 },
};
