import { COMMON, type Properties } from "../../shared/properties.ts";

export const properties = {
  ...COMMON,
  action: {
    kind: "choice",
    words: ["profile", "devices", "goals", "users", "sharing", "probe"],
    from: "message",
    value: "profile",
    icon: "play",
  },
  sharing: { kind: "flag", from: "message", value: "true", icon: "share-alt", usedBy: ["sharing"] },
  loginemail: { kind: "text", from: "credential", value: "", icon: "envelope", usedBy: ["users"] },
  loginpassword: { kind: "password", from: "credential", value: "", icon: "lock", usedBy: ["users"] },
  email: { kind: "text", from: "message", value: "", icon: "envelope-o", usedBy: ["users"] },
  withkeys: { kind: "flag", from: "message", value: "false", icon: "key", usedBy: ["users"] },
} as const satisfies Properties;
