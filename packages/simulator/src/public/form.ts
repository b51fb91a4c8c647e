import { invalidParams } from "./refusal.ts";

/** Parameters that make no two calls different: they prove the caller. */
const PROOFS: ReadonlySet<string> = new Set(["access_token", "nonce", "signature", "timestamp"]);

/** The parameters of a call, strict: each once, and none that no action asked for. */
export class Form {
  readonly #sent: ReadonlyMap<string, string>;
  readonly #asked = new Set(["action", "access_token"]);

  constructor(sent: readonly { readonly name: string; readonly value: string }[]) {
    const all = new Map<string, string>();
    for (const { name, value } of sent) {
      if (all.has(name)) throw invalidParams(`${name} was sent twice`);
      all.set(name, value);
    }
    this.#sent = all;
  }

  text(name: string): string | undefined {
    this.#asked.add(name);
    return this.#sent.get(name);
  }

  required(name: string): string {
    const value = this.text(name);
    if (!value) throw invalidParams(`invalid ${name}`);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    // Empty optional parameters were accepted.
    if (value === undefined || value === "") return undefined;
    if (!/^\d{1,15}$/.test(value)) throw invalidParams(`invalid ${name}`);
    return Number(value);
  }

  /** Call last. */
  end(): void {
    for (const name of this.#sent.keys()) if (!this.#asked.has(name)) throw invalidParams(`unknown ${name}`);
  }

  /** Equal for equal calls, whatever the order of their parameters. */
  get key(): string {
    const told = [...this.#sent].filter(([name]) => !PROOFS.has(name));
    return JSON.stringify(told.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
