import type { Properties } from "../../shared/properties.ts";

const isVariable = (value: string) => /^\$(\(\w+\)|\{\w+\})$/.test(value);

/** A plain http or https URL: without login, query and fragment. */
function isBaseUrl(value: string): boolean {
  const url = URL.parse(value);
  return (
    isVariable(value) ||
    (url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash)
  );
}

/** Where the service answers to each generation of its API. */
export const BASE_URLS = {
  public: "https://wbsapi.withings.net/",
  wbs: "http://wbsapi.withings.net/",
} as const;

export const properties = {
  version: { kind: "hidden", from: "form", value: 1 },
  name: { kind: "text", from: "form", value: "", icon: "tag" },
  generation: {
    kind: "choice",
    words: ["public", "wbs"],
    from: "form",
    value: "public",
    icon: "code-fork",
    isRequired: true,
  },
  baseurl: {
    kind: "text",
    from: "form",
    value: BASE_URLS.public,
    icon: "globe",
    isRequired: true,
    isValid: isBaseUrl,
  },
  userid: { kind: "text", from: "credential", value: "", icon: "user", usedBy: ["wbs"] },
  publickey: { kind: "password", from: "credential", value: "", icon: "key", usedBy: ["wbs"] },
  clientid: { kind: "text", from: "credential", value: "", icon: "id-card-o", usedBy: ["public"] },
  clientsecret: { kind: "password", from: "credential", value: "", icon: "key", usedBy: ["public"] },
  redirecturl: {
    kind: "text",
    from: "form",
    value: "",
    icon: "reply",
    usedBy: ["public"],
    isValid: isBaseUrl,
  },
  ambiguous: {
    kind: "choice",
    words: ["hold", "accept", "ignore"],
    from: "setting",
    value: "hold",
    icon: "question-circle",
  },
  pollminutes: { kind: "number", least: 1, from: "form", value: "15", icon: "clock-o" },
  callsperminute: { kind: "number", least: 1, from: "form", value: "120", icon: "tachometer" },
  publicurl: { kind: "text", from: "form", value: "", icon: "globe" },
  comment: { kind: "text", from: "form", value: "", icon: "comment" },
  revoke: { kind: "flag", from: "setting", value: "false", icon: "trash" },
} as const satisfies Properties;
