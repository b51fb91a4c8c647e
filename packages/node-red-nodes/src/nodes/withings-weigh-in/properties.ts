import { EVENT_KINDS } from "@weighbridge/core";
import { COMMON, type Properties } from "../../shared/properties.ts";

export const properties = {
  ...COMMON,
  events: { kind: "choice", words: EVENT_KINDS, isMultiple: true, from: "setting", value: "", icon: "filter" },
  unit: { kind: "choice", words: ["kg", "lb", "st"], from: "setting", value: "kg", icon: "balance-scale" },
  publicurl: { kind: "text", from: "form", value: "", icon: "globe" },
  comment: { kind: "text", from: "form", value: "", icon: "comment" },
  revoke: { kind: "flag", from: "setting", value: "false", icon: "trash" },
} as const satisfies Properties;
