import type { IncomingMessage, ServerResponse } from "node:http";

interface Group {
  readonly grpid: number;
  readonly attrib: number;
  readonly date: number;
  readonly category: number;
  readonly measures: readonly { readonly value: number; readonly type: number; readonly unit: number }[];
  readonly modified: number;
}

/**
 * The API as cheap as it can be, so that a comparison shows the subject and not the double: it remembers groups, filters them,
 * says yes to everything else, and judges nothing.
 */
export class FixedApi {
  readonly #groups = new Map<string, Group[]>();
  #nextId = 1;
  #learn: (url: string) => void = () => {};
  /** What the first subscriber gave. */
  readonly callbackUrl = new Promise<string>((resolve) => {
    this.#learn = resolve;
  });

  /** A new weight for the person, now. Gives the notification's form, and the weight as it stands in any decimal document. */
  weighIn(userId: number): { weight: string; form: string } {
    const now = Math.floor(Date.now() / 1000);
    const id = this.#nextId++;
    const grams = 60_000 + ((id * 7) % 30_000);
    const measures = [
      { value: grams, type: 1, unit: -3 },
      { value: 178, type: 6, unit: -1 },
    ];
    const group = { grpid: id, attrib: 0, date: now, category: 1, measures, modified: now };
    const key = String(userId);
    const groups = this.#groups.get(key);
    if (groups) groups.unshift(group);
    else this.#groups.set(key, [group]);
    return { weight: String(grams / 1000), form: `userid=${userId}&startdate=${now}&enddate=${now}` };
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? "/", "http://api");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const parameters = new URLSearchParams(url.search || Buffer.concat(chunks).toString());
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: 0, body: this.#body(url.pathname, parameters) }));
    });
  };

  #body(service: string, parameters: URLSearchParams): unknown {
    const action = parameters.get("action");
    if (action === "getmeas") return { updatetime: Math.floor(Date.now() / 1000), measuregrps: this.#find(parameters) };
    if (action === "subscribe") this.#learn(parameters.get("callbackurl") ?? "");
    if (service === "/notify") return { expires: Math.floor(Date.now() / 1000) + 20 * 86_400, comment: "bench" };
    if (service === "/user") return { users: [{ id: Number(parameters.get("userid")), firstname: "Ada" }] };
    return {};
  }

  #find(parameters: URLSearchParams): Group[] {
    const from = Number(parameters.get("startdate") ?? 0);
    const to = Number(parameters.get("enddate") ?? Number.POSITIVE_INFINITY);
    const since = Number(parameters.get("lastupdate") ?? 0);
    const skip = Number(parameters.get("offset") ?? 0);
    const all = this.#groups.get(parameters.get("userid") ?? "") ?? [];
    return all.filter(({ date, modified }) => date >= from && date <= to && modified >= since).slice(skip);
  }
}
