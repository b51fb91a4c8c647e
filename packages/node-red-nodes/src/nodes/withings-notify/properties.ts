import { COMMON, type Properties } from "../../shared/properties.ts";

/** As core has them, which a form must not take along. */
const CATEGORIES = ["weight", "heart", "user", "temperature", "ecg", "glucose", "hrv"] as const;

const NEED_URL = ["get", "subscribe", "renew", "revoke"] as const;

export const properties = {
  ...COMMON,
  action: {
    kind: "choice",
    words: ["list", "get", "subscribe", "renew", "revoke"],
    from: "message",
    value: "list",
    icon: "play",
  },
  callbackurl: { kind: "text", from: "message", value: "", icon: "link", usedBy: NEED_URL, neededFor: NEED_URL },
  category: { kind: "choice", words: CATEGORIES, isMultiple: true, from: "message", value: "", icon: "filter" },
  comment: { kind: "text", from: "message", value: "", icon: "comment", usedBy: ["subscribe", "renew"] },
} as const satisfies Properties;
