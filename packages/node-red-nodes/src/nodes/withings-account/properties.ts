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

export const properties = {
  version: { kind: "hidden", from: "form", value: 1 },
  name: { kind: "text", from: "form", value: "", icon: "tag" },
  generation: { kind: "choice", words: ["wbs"], from: "form", value: "wbs", icon: "code-fork", isRequired: true },
  baseurl: {
    kind: "text",
    from: "form",
    value: "http://wbsapi.withings.net/",
    icon: "globe",
    isRequired: true,
    isValid: isBaseUrl,
  },
  userid: { kind: "text", from: "credential", value: "", icon: "user" },
  publickey: { kind: "password", from: "credential", value: "", icon: "key" },
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
