import { EVENT_KINDS, type EventKind } from "@weighbridge/core";
import { readerOf } from "../../shared/properties.ts";
import { properties } from "./properties.ts";
import type { WeighInSettings } from "./weigh-in.ts";

/** Out of the form: `read` gives its properties with environment variables filled in. Throws where one is wrong. */
export function weighInSettings(read: (name: string) => unknown): WeighInSettings {
  const value = readerOf(properties, read);
  const events = value("events");
  return { events: new Set<EventKind>(events.length === 0 ? EVENT_KINDS : events), unit: value("unit") };
}
