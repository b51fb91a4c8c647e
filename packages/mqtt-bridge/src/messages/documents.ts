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

/** Everything retained of a person but their status. Values that are not known are null: a missing key keeps an old value on a dashboard. */
export function documentsOf(topics: Topics, view: PersonView): Message[] {
  const { settings, state, subscription, devices, isAvailable } = view;
  const mine = topics.person(settings.slug);
  return [
    messageOn(mine.availability, isAvailable ? "online" : "offline"),
    messageOn(mine.state, stateOf(view)),
    messageOn(mine.lastWeighIn, lastWeighInOf(state, settings)),
    messageOn(mine.held, heldOf(view)),
    messageOn(mine.target, targetOf(state, settings)),
    messageOn(mine.profile, { schema: DOCUMENT_SCHEMA, ...publishedProfile(state.profile, settings) }),
    messageOn(mine.subscription, subscriptionOf(subscription)),
    ...(devices === undefined ? [] : [messageOn(mine.devices, devicesOf(devices))]),
    ...measureDocuments(mine, view),
  ];
}

/** A plain number has no null: the topic of a value that is deleted is cleared. */
function measureDocuments(mine: PersonTopics, { settings, state, seen }: PersonView): Message[] {
  return seen.filter(publishedKeys(settings)).map((key) => {
    const known = state.latest[key];
    const payload = known === undefined ? "" : String(valueIn(settings.weight_unit, key, known.value));
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
