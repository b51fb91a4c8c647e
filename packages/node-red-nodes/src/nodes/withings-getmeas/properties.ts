import { measureTypes } from "@weighbridge/core";
import { COMMON, type Properties } from "../../shared/properties.ts";

/** A code of the API, or an id of the measure-type table. */
const isMeasure = (value: string) =>
  /^[1-9]\d*$/.test(value.trim()) || [...measureTypes.values()].some(({ id }) => id === value);

export const properties = {
  ...COMMON,
  startdate: { kind: "moment", from: "message", value: "", icon: "calendar" },
  enddate: { kind: "moment", from: "message", value: "", icon: "calendar" },
  lastupdate: { kind: "moment", from: "message", value: "", icon: "pencil" },
  meastype: { kind: "text", from: "message", value: "", icon: "balance-scale", isValid: isMeasure },
  category: { kind: "choice", words: ["any", "measure", "target"], from: "message", value: "any", icon: "filter" },
  limit: { kind: "number", least: 1, from: "message", value: "", icon: "list-ol" },
  offset: { kind: "number", least: 0, from: "message", value: "", icon: "forward" },
  onlynew: { kind: "flag", from: "message", value: "false", icon: "bell" },
  output: {
    kind: "choice",
    words: ["message", "groups", "latest"],
    from: "message",
    value: "message",
    icon: "sign-out",
  },
} as const satisfies Properties;
