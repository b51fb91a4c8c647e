import { Refusal } from "./refusal.ts";

export const UNKNOWN_ERROR = 2555;

/**
 * The parameters of one call. Strict: each is read at most as often as it was sent, and what no action asked for is refused. The document
 * has no status for a malformed filter, so that is an unknown error.
 */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;
  readonly #asked = new Set(["action"]);

  constructor(pairs: Iterable<readonly [string, string]>) {
    const values = new Map<string, string>();
    for (const [name, value] of pairs) {
      if (values.has(name)) throw new Refusal(UNKNOWN_ERROR, `${name} was sent twice`);
      values.set(name, value);
    }
    this.#values = values;
  }

  /** As it was sent; undefined where it was not. */
  text(name: string): string | undefined {
    this.#asked.add(name);
    return this.#values.get(name);
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
    for (const name of this.#values.keys())
      if (!this.#asked.has(name)) throw new Refusal(UNKNOWN_ERROR, `the action knows no parameter ${name}`);
  }

  /** For the log: no secret. */
  shown(): Record<string, string> {
    const secrets = ["publickey", "hash"];
    return Object.fromEntries([...this.#values].filter(([name]) => name !== "action" && !secrets.includes(name)));
  }
}
