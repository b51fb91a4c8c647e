import { COMMON, type Properties } from "../../shared/properties.ts";

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
  comment: { kind: "text", from: "message", value: "", icon: "comment", usedBy: ["subscribe", "renew"] },
} as const satisfies Properties;
