import { EVENT_KINDS, type EventKind } from "@weighbridge/core";
import { choice, flag, text } from "../../shared/fields.ts";
import type { WeighInSettings } from "./weigh-in.ts";

const COMMENT = "Node-RED: tells your home when you weigh in";

/** Out of the form, whose fields `read` gives with environment variables filled in. Throws where one is wrong. */
export function weighInSettings(read: (name: string) => unknown): WeighInSettings {
  return {
    events: eventsOf(text("events", read("events"))),
    unit: choice("unit", read("unit"), ["kg", "lb", "st"]),
    publicUrl: text("publicurl", read("publicurl")),
    comment: text("comment", read("comment")) ?? COMMENT,
    isRevokedOnRemoval: flag("revoke", read("revoke")) ?? false,
  };
}

/** Names, separated by commas; all without any. */
function eventsOf(names: string | undefined): ReadonlySet<EventKind> {
  if (names === undefined) return new Set(EVENT_KINDS);
  return new Set(names.split(",").map((name) => choice("events", name.trim(), EVENT_KINDS)));
}
