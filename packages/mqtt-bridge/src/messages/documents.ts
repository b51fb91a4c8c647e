import { DOCUMENT_SCHEMA, eventDocument, type PersonEvent, valueIn } from "@weighbridge/core";
import type { Message } from "../store/store.ts";
import {
  devicesOf,
  heldOf,
  lastWeighInOf,
  type PersonSettings,
  type PersonView,
  stateOf,
  subscriptionOf,
  targetOf,
} from "./person-documents.ts";
import { publishedEvent, publishedKeys, publishedProfile } from "./published-keys.ts";
import type { PersonTopics, Topic, Topics } from "./topics.ts";

/** A message on a topic, with a payload of the topic's type. */
export const messageOn = <P>(topic: Topic<P>, payload: NoInfer<P>): Message => ({
  topic,
  payload: typeof payload === "string" ? payload : JSON.stringify(payload),
});

interface DocumentRow {
  /** The parts of the view that it is made of, beside the settings. None is ever changed in place. */
  readonly parts: (view: PersonView) => readonly unknown[];
  readonly make: (mine: PersonTopics, view: PersonView, before: PersonView | undefined) => Message[];
}

const DOCUMENTS: readonly DocumentRow[] = [
  {
    parts: ({ isAvailable }) => [isAvailable],
    make: (mine, { isAvailable }) => [messageOn(mine.availability, isAvailable ? "online" : "offline")],
  },
  { parts: ({ state, seen }) => [state, seen], make: (mine, view) => [messageOn(mine.state, stateOf(view))] },
  {
    parts: ({ state }) => [state.lastWeighIn],
    make: (mine, { state, settings }) => [messageOn(mine.lastWeighIn, lastWeighInOf(state, settings))],
  },
  { parts: ({ held }) => [held], make: (mine, view) => [messageOn(mine.held, heldOf(view))] },
  {
    parts: ({ state }) => [state.target],
    make: (mine, { state, settings }) => [messageOn(mine.target, targetOf(state, settings))],
  },
  {
    parts: ({ state }) => [state.profile],
    make: (mine, { state, settings }) => [
      messageOn(mine.profile, { schema: DOCUMENT_SCHEMA, ...publishedProfile(state.profile, settings) }),
    ],
  },
  {
    parts: ({ subscription }) => [subscription],
    make: (mine, { subscription }) => [messageOn(mine.subscription, subscriptionOf(subscription))],
  },
  {
    parts: ({ devices }) => [devices],
    make: (mine, { devices }) => (devices === undefined ? [] : [messageOn(mine.devices, devicesOf(devices))]),
  },
  { parts: ({ state, seen }) => [state.latest, seen], make: measureDocuments },
];

/**
 * Everything retained of a person but their status; with `before`, what can differ from what that view gave. Values that are not known are
 * null: a missing key keeps an old value on a dashboard.
 */
export function documentsOf(topics: Topics, view: PersonView, before?: PersonView): Message[] {
  const mine = topics.person(view.settings.slug);
  const earlier = before?.settings === view.settings ? before : undefined;
  return DOCUMENTS.filter(({ parts }) => earlier === undefined || !areSame(parts(view), parts(earlier))).flatMap(
    ({ make }) => make(mine, view, earlier),
  );
}

const areSame = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.every((part, index) => part === others[index]);

/** A plain number has no null: the topic of a value that is deleted is cleared. */
function measureDocuments(
  mine: PersonTopics,
  { settings, state, seen }: PersonView,
  before: PersonView | undefined,
): Message[] {
  const known = before?.seen === seen ? before.state.latest : undefined;
  const isNews = (key: string) => known === undefined || known[key]?.value !== state.latest[key]?.value;
  return seen
    .filter(publishedKeys(settings))
    .filter(isNews)
    .map((key) => {
      const latest = state.latest[key];
      const payload = latest === undefined ? "" : String(valueIn(settings.weight_unit, key, latest.value));
      return messageOn(mine.measure(key), payload);
    });
}

/** All kinds go to one topic, which is not retained: an event must not happen again because somebody subscribes. */
export function eventMessage(topics: Topics, settings: PersonSettings, event: PersonEvent): Message {
  const { weight_unit: unit, slug, name } = settings;
  const document = eventDocument(publishedEvent(event, settings), { who: { person: slug, name }, unit });
  const profile = event.profile && { profile: publishedProfile(event.profile, settings) };
  return messageOn(topics.person(slug).weighIn, { ...document, ...profile });
}
