import { Application, type Clock } from "@weighbridge/core";

/**
 * One application for all accounts of a server, and of a ClientID at today's API, that set the same calls per minute: they share the limit,
 * the wait before an identical call, and the pace of subscribes. Kept across deploys, since the server counts on.
 */
export class Applications {
  readonly #clock: Clock;
  readonly #known = new Map<string, Application>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly of = (baseUrl: string, callsPerMinute: number, clientId = ""): Application => {
    const key = `${callsPerMinute} ${URL.parse(baseUrl)?.href ?? baseUrl} ${clientId}`;
    const known = this.#known.get(key);
    if (known) return known;
    const made = new Application({ clock: this.#clock, callsPerMinute });
    this.#known.set(key, made);
    return made;
  };
}
