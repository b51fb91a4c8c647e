import { Refusal } from "./refusal.ts";

export const UNKNOWN_ERROR = 2555;

/** A parameter of a call: decoded as leniently as browsers do, and as it travelled. */
export interface Sent {
  readonly name: string;
  readonly value: string;
  readonly raw: string;
}

/** The parameters of a query or a form. */
export function sentIn(form: string): Sent[] {
  return form
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [[name, value] = ["", ""]] = new URLSearchParams(pair);
      return { name, value, raw: pair.includes("=") ? pair.slice(pair.indexOf("=") + 1) : "" };
    });
}

/**
 * The parameters of one call. Strict: each is read at most as often as it was sent, and what no action asked for is refused. The document
 * has no status for a malformed filter, so that is an unknown error.
 */
export class Parameters {
  readonly #sent: ReadonlyMap<string, Sent>;
  readonly #asked = new Set(["action"]);

  constructor(all: Iterable<Sent>) {
    const sent = new Map<string, Sent>();
    for (const one of all) {
      if (sent.has(one.name)) throw new Refusal(UNKNOWN_ERROR, `${one.name} was sent twice`);
      sent.set(one.name, one);
    }
    this.#sent = sent;
  }

  /** As it was meant; undefined where it was not sent. */
  text(name: string): string | undefined {
    this.#asked.add(name);
    return this.#sent.get(name)?.value;
  }

  /** As it travelled. */
  raw(name: string): string {
    return this.#sent.get(name)?.raw ?? "";
  }

  required(name: string, status: number): string {
    const value = this.text(name);
    if (value === undefined || value === "") throw new Refusal(status, `${name} is absent`);
    return value;
  }

  /** A whole number ≥ 0 in decimal digits. */
  number(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^(0|[1-9]\d{0,14})$/.test(value))
      throw new Refusal(UNKNOWN_ERROR, `${name} is not a decimal number: ${value}`);
    return Number(value);
  }

  /** Call last: refuses what nobody asked for. */
  end(): void {
    for (const name of this.#sent.keys())
      if (!this.#asked.has(name)) throw new Refusal(UNKNOWN_ERROR, `the action knows no parameter ${name}`);
  }
}

const isSecretName = (name: string) => /key|hash|password/i.test(name);

/**
 * For the log, which people look at: without what is named like a secret, however it is spelled, and without a publickey under any name.
 * `hide` takes such a publickey out of words that quote it.
 */
export function forLog(all: readonly Sent[], isKey: (text: string) => boolean) {
  const keys = all.flatMap(({ name, value }) => [name, value]).filter(isKey);
  const hide = (words: string) => keys.reduce((text, key) => text.replaceAll(key, "(a publickey)"), words);
  const shown = all.filter(({ name }) => name !== "action" && !isSecretName(name));
  return { hide, parameters: Object.fromEntries(shown.map(({ name, value }) => [hide(name), hide(value)])) };
}
