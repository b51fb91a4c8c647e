/** A refusal of the bridge, or no answer at all (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;

  constructor(status: number, code: string, message: string, remedy = "") {
    super(message);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

interface Refusal {
  readonly error?: { readonly code?: string; readonly message?: string; readonly remedy?: string };
}

/** Addresses are relative, so that the page works below any path. */
async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  let body: T & Refusal;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...init });
    // An answer that breaks off is none; a refusal may come without a body, from something before the bridge.
    body = await (response.ok ? response.json() : response.json().catch(() => ({})));
  } catch {
    throw new ApiError(0, "network", "no answer");
  }
  if (response.ok) return body;
  const { code = `http_${response.status}`, message = response.statusText, remedy } = body.error ?? {};
  throw new ApiError(response.status, code, message, remedy);
}

const withBody = (method: string, body: object): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>(path, signal ? { signal } : {});
export const post = <T>(path: string, body: object): Promise<T> => call<T>(path, withBody("POST", body));
export const put = <T>(path: string, body: object): Promise<T> => call<T>(path, withBody("PUT", body));

interface Answer {
  readonly status: "ok" | "error";
  readonly error?: { readonly code: string; readonly message: string };
}

/** The bridge's requests, as over MQTT; an answer "error" is thrown. */
export async function request(command: string, body: object): Promise<void> {
  const { status, error } = await post<Answer>(`api/requests/${command}`, body);
  if (status === "error") throw new ApiError(200, error?.code ?? "failed", error?.message ?? "");
}

/** `api/people/ada/series?measure=weight`; what is undefined is left out. */
export function personPath(slug: string, part: string, query: Readonly<Record<string, string | number | undefined>>) {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return `api/people/${encodeURIComponent(slug)}/${part}?${new URLSearchParams(given)}`;
}
