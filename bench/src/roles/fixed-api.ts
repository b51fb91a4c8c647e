import type { IncomingMessage, ServerResponse } from "node:http";

interface Group {
  readonly grpid: number;
  readonly attrib: number;
  readonly date: number;
  readonly category: number;
  readonly measures: readonly { readonly value: number; readonly type: number; readonly unit: number }[];
  readonly modified: number;
}

const now = () => Math.floor(Date.now() / 1000);

/** Far more than what makes two groups one weigh-in. */
const APART_S = 600;

/**
 * The API as cheap as it can be, so that a comparison shows the subject and not the double: it remembers groups, filters them,
 * says yes to everything else, and judges nothing.
 */
export class FixedApi {
  readonly #begun = now() - 86_400;
  readonly #groups = new Map<string, Group[]>();
  #nextId = 1;
  readonly #polled = new Set<string>();
  #learn: (url: string) => void = () => {};
  /** The callback URL of today's API, of which each person has three subscriptions as soon as one is known. */
  #subscribed: string | undefined;
  /** Callback URL of the first call about a subscription. */
  readonly callbackUrl = new Promise<string>((resolve) => {
    this.#learn = resolve;
  });

  /** People whose whole history was asked for. */
  get polled(): number {
    return this.#polled.size;
  }

  /** The person's next weigh-in, after all others and none of their neighbours. Gives the notification's form, and the weight in decimal. */
  weighIn(userId: number): { weight: string; form: string } {
    const key = String(userId);
    const groups = this.#groups.get(key) ?? [];
    this.#groups.set(key, groups);
    const date = this.#begun + groups.length * APART_S;
    const id = this.#nextId++;
    const grams = 60_000 + ((id * 7) % 30_000);
    const measures = [
      { value: grams, type: 1, unit: -3 },
      { value: 178, type: 6, unit: -1 },
    ];
    groups.unshift({ grpid: id, attrib: 0, date, category: 1, measures, modified: now() });
    return { weight: String(grams / 1000), form: `userid=${userId}&startdate=${date}&enddate=${date}` };
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? "/", "http://api");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const parameters = new URLSearchParams(url.search || Buffer.concat(chunks).toString());
      // Tokens of the benchmark are userids.
      const bearer = request.headers.authorization?.replace("Bearer ", "");
      if (bearer !== undefined) parameters.set("userid", bearer);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: 0, body: this.#body(url.pathname, parameters) }));
    });
  };

  #body(service: string, parameters: URLSearchParams): unknown {
    const action = parameters.get("action");
    if (action === "getmeas") return { updatetime: now(), measuregrps: this.#find(parameters) };
    const callbackUrl = parameters.get("callbackurl");
    if (callbackUrl) {
      this.#learn(callbackUrl);
      this.#subscribed = callbackUrl;
    }
    if (action === "list") return { profiles: this.#profiles() };
    if (action === "getgoals") return { goals: [] };
    if (action === "getdevice") return { devices: [] };
    if (service === "/notify") return { expires: now() + 20 * 86_400, comment: "bench" };
    if (service === "/user") return { users: [{ id: Number(parameters.get("userid")), firstname: "Ada" }] };
    return {};
  }

  #profiles(): readonly object[] {
    const callbackurl = this.#subscribed;
    return callbackurl === undefined ? [] : [1, 4, 46].map((appli) => ({ appli, callbackurl, expires: 2_147_483_647 }));
  }

  #find(parameters: URLSearchParams): Group[] {
    const from = Number(parameters.get("startdate") ?? 0);
    const to = Number(parameters.get("enddate") ?? Number.POSITIVE_INFINITY);
    const since = Number(parameters.get("lastupdate") ?? 0);
    const skip = Number(parameters.get("offset") ?? 0);
    const userId = parameters.get("userid") ?? "";
    if (!parameters.has("startdate")) this.#polled.add(userId);
    const all = this.#groups.get(userId) ?? [];
    return all.filter(({ date, modified }) => date >= from && date <= to && modified >= since).slice(skip);
  }
}
