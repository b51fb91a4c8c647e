import { type Callback as CallbackUrl, type Clock, type PersonChange, problemOf, type Window } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { SetupError } from "../../errors.ts";
import { callbackSecret } from "../../runtime/installation-key.ts";
import { callbackUrlOf, secretAt } from "../../shared/callback-address.ts";
import { Callback } from "./callback.ts";
import { mountCallback, servesHttp } from "./callback-route.ts";

export interface CallbackAddressInput {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly clock: Clock;
  /** Undefined: the account has none of its own. */
  readonly publicUrl: string | undefined;
  /** Shown to the person in the list of who may see their data. */
  readonly comment: string;
  /** Secrets at which a callback is served, of all accounts. */
  readonly served: Set<string>;
  /** Why the API would refuse this callback URL; undefined where it would not. */
  refusalOf(callbackUrl: string): string | undefined;
  take(userId: string, window: Window | null): Promise<void>;
  takeChange(userId: string, change: PersonChange): Promise<void>;
}

/** The address at which callbacks of an account arrive, and what is served there. */
export class CallbackAddress {
  readonly #input: CallbackAddressInput;
  #publicUrl: string | undefined;
  #unmount: (() => void) | undefined;
  #isJudged = false;

  constructor(input: CallbackAddressInput) {
    this.#input = input;
    this.#publicUrl = input.publicUrl;
  }

  /** Takes the public address that a weigh-in node of an earlier version has; false where there is one already. */
  adopt(publicUrl: string): boolean {
    if (this.#publicUrl !== undefined) return false;
    this.#publicUrl = publicUrl;
    this.#input.node.warn(
      `The public address ${publicUrl} still stands in a weigh-in node; it belongs to the account. Open the account, press Done, and deploy: its form takes the address over. See there to the comment and to unsubscribing on removal, too.`,
    );
    return true;
  }

  /** Serves the callback, and gives its URL; null where none can arrive. Throws a SetupError. */
  open(): CallbackUrl | null {
    const { RED, node, comment, refusalOf, served } = this.#input;
    if (this.#publicUrl === undefined) return null;
    this.#judgeSettings();
    if (!servesHttp(RED)) return null;
    const secret = callbackSecret(RED, node.id);
    const url = callbackUrlOf(this.#publicUrl, secret);
    const refusal = refusalOf(url);
    if (refusal !== undefined)
      throw new SetupError(`the callback URL ${refusal}`, {
        code: "callback_url",
        remedy: "Correct the public address in the account node; weigh-ins are polled meanwhile.",
      });
    this.#unmount ??= this.#mount(secret);
    served.add(secret);
    return { url, comment };
  }

  /** Serves the callback as soon as Node-RED runs. What keeps it from that is the account's problem once it starts. */
  serve(): void {
    try {
      this.open();
    } catch {
      // The account opens it again, and reports the error.
    }
  }

  close(): void {
    this.#unmount?.();
  }

  /** A subscription of this Node-RED at whose secret nothing is served: its state folder was lost, or its node was deleted. */
  isOrphan(callbackUrl: string): boolean {
    const secret = this.#publicUrl === undefined ? undefined : secretAt(this.#publicUrl, callbackUrl);
    return secret !== undefined && !this.#input.served.has(secret);
  }

  #mount(secret: string): () => void {
    const { RED, node, clock, take, takeChange, served } = this.#input;
    const onFailure = (error: unknown) => {
      const { message, remedy, code } = problemOf(error);
      node.warn(`A callback was answered with 503: ${message}. ${remedy} (${code})`);
    };
    const callback = new Callback({ clock, take, takeChange, onFailure });
    const unmount = mountCallback(RED, secret, (request, response) => callback.answer(request, response));
    return () => {
      served.delete(secret);
      unmount();
    };
  }

  /** Says once what Node-RED's settings do to callbacks. */
  #judgeSettings(): void {
    if (this.#isJudged) return;
    this.#isJudged = true;
    const { RED, node } = this.#input;
    if (!servesHttp(RED))
      node.log(
        "Node-RED serves no HTTP nodes (httpNodeRoot is false), so no callback can arrive: weigh-ins are polled",
      );
    else if ((RED.settings as { readonly httpNodeAuth?: unknown }).httpNodeAuth)
      node.warn(
        "httpNodeAuth is set: Node-RED answers callbacks with 401, since the service knows no password. Take it off, or clear the public address to poll only.",
      );
  }
}
