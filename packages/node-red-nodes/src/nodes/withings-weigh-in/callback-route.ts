import type { ServerResponse } from "node:http";
import type { NodeAPI } from "node-red";
import { CALLBACK_PATH } from "../../shared/callback-address.ts";
import { type CallbackRequest, isSecret } from "./callback.ts";

type Answer = (request: CallbackRequest, response: ServerResponse) => Promise<void>;

interface Layer {
  readonly route?: { readonly stack: readonly { readonly handle: unknown }[] };
}

/** Express keeps its routes here: version 4 under the first name, version 5 under the second. */
interface Routed {
  readonly _router?: { stack: Layer[] };
  readonly router?: { stack: Layer[] };
}

/** Puts a callback on Node-RED's HTTP side; gives a function that takes it away again. Undefined where Node-RED serves no HTTP nodes. */
export function mountCallback(RED: NodeAPI, secret: string, answer: Answer): (() => void) | undefined {
  const { httpNode } = RED;
  const root: unknown = RED.settings.httpNodeRoot;
  if (!httpNode || root === false) return undefined;
  const handle = (
    request: CallbackRequest & { params: { secret: string } },
    response: ServerResponse,
    next: () => void,
  ) => (isSecret(request.params.secret, secret) ? void answer(request, response) : next());
  httpNode.all(`${CALLBACK_PATH}/:secret`, handle as never);
  return () => {
    const routed = httpNode as unknown as Routed;
    // Express 4 throws where its name of version 5 is read.
    const routes = routed._router ?? routed.router;
    if (routes)
      routes.stack = routes.stack.filter(({ route }) => !route?.stack.some((layer) => layer.handle === handle));
  };
}
