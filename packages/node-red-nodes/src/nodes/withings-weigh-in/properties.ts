import { EVENT_KINDS } from "@weighbridge/core";
import { COMMON, type Properties } from "../../shared/properties.ts";

export const properties = {
  ...COMMON,
  events: { kind: "choice", words: EVENT_KINDS, isMultiple: true, from: "setting", value: "", icon: "filter" },
  unit: { kind: "choice", words: ["kg", "lb", "st"], from: "setting", value: "kg", icon: "balance-scale" },
  /** Of an earlier version: kept until the account's form takes it over. */
  publicurl: { kind: "hidden", from: "form", value: "" },
} as const satisfies Properties;
