/** One answer of the API, without what would tell who somebody is or let anybody in. */
export interface RecordedCall {
  readonly path: string;
  readonly action: string;
  readonly httpStatus: number;
  readonly answer: unknown;
}

const HIDDEN = /token|secret|nonce|signature|userid|deviceid|callbackurl|comment|mac|timezone|^(code|state|csrf)/i;

/** Hides every value whose name may tell a secret or a person. Numbers of measures stay: they are what the recording is for. */
function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    HIDDEN.test(name) && inner !== null ? `[${typeof inner}]` : hidden(inner),
  ]);
  return Object.fromEntries(entries);
}

/** A fetch that keeps what is answered, for somebody who helps to read it. */
export function recording(): { readonly fetch: typeof globalThis.fetch; readonly calls: readonly RecordedCall[] } {
  const calls: RecordedCall[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    const text = await response.clone().text();
    calls.push({
      path: new URL(String(input)).pathname,
      action: new URLSearchParams(String(init?.body ?? "")).get("action") ?? "",
      httpStatus: response.status,
      answer: hidden(jsonOf(text)),
    });
    return response;
  };
  return { fetch, calls };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return `[${text.length} characters that are no JSON]`;
  }
}
