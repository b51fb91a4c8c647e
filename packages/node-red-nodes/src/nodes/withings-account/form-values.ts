import type { NodeAPI } from "node-red";
import type { AccountSettings } from "../../account/account-source.ts";
import { SetupError } from "../../errors.ts";
import { filledIn } from "../../runtime/environment.ts";
import { properties } from "./properties.ts";
import { type AccountCredentials, FIRST_GENERATION } from "./settings.ts";

/** Stands for a password that the editor was never given. */
const UNCHANGED = "__PWRD__";

/** A form as the editor sends it, whether or not it is deployed. */
export type Body = Readonly<Record<string, unknown>>;

/** Reads forms of accounts, with environment variables filled in. */
export class FormValues {
  readonly #red: NodeAPI;

  constructor(RED: NodeAPI) {
    this.#red = RED;
  }

  /** A field without spaces around it. */
  text(body: Body, name: string): string {
    return this.filled(body, String(body[name] ?? "").trim());
  }

  filled(body: Body, value: string): string {
    return filledIn(this.#red, String(body["id"] ?? ""), value);
  }

  /** Throws a SetupError where a saved secret belongs to another server. */
  settings(body: Body): AccountSettings {
    return {
      generation: this.text(body, "generation") || FIRST_GENERATION,
      baseUrl: this.text(body, "baseurl"),
      userId: this.text(body, "userid"),
      publicKey: this.#secret(body, "publickey"),
      clientId: this.text(body, "clientid"),
      clientSecret: this.#secret(body, "clientsecret"),
      callsPerMinute: this.text(body, "callsperminute") || properties.callsperminute.value,
    };
  }

  #secret(body: Body, name: "publickey" | "clientsecret"): string {
    const given = this.text(body, name);
    return given === UNCHANGED ? this.#saved(body, name) : given;
  }

  /** Sent only to the server that it was deployed for: nobody gets a secret by naming a server of their own. */
  #saved(body: Body, name: "publickey" | "clientsecret"): string {
    const id = this.text(body, "id");
    const deployed = this.#deployedBaseUrl(id);
    if (deployed !== undefined && this.filled(body, deployed) === this.text(body, "baseurl")) {
      const saved = (this.#red.nodes.getCredentials(id) ?? {}) as AccountCredentials;
      return this.filled(body, saved[name] ?? "");
    }
    throw new SetupError("the saved secret belongs to another base URL", {
      code: "key_of_other_server",
      remedy: "Enter it again, or deploy first.",
    });
  }

  #deployedBaseUrl(id: string): string | undefined {
    let found: string | undefined;
    this.#red.nodes.eachNode((node) => {
      if (node.id === id) found = String((node as { baseurl?: unknown }).baseurl ?? "");
    });
    return found;
  }
}
