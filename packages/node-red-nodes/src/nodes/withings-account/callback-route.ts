import type { ServerResponse } from "node:http";
import { isCallbackSecret } from "@weighbridge/core";
import type { NodeAPI } from "node-red";
import { CALLBACK_PATH } from "../../shared/callback-address.ts";
import type { CallbackRequest } from "./callback.ts";

type Answer = (request: CallbackRequest, response: ServerResponse) => Promise<void>;

interface Layer {
  readonly route?: { readonly stack: readonly { readonly handle: unknown }[] };
}

/** Express keeps its routes here: version 4 under the first name, version 5 under the second. */
interface Routed {
  readonly _router?: { stack: Layer[] };
  readonly router?: { stack: Layer[] };
}

/** Every path that could be a callback. Without a capture group, so that Express decodes nothing: a malformed escape would make it show a stack. */
const PATHS = new RegExp(`^${CALLBACK_PATH}/[^/]+/?$`);

/** Whether Node-RED serves HTTP nodes. */
export function servesHttp(RED: NodeAPI): boolean {
  const root: unknown = RED.settings.httpNodeRoot;
  return Boolean(RED.httpNode) && root !== false;
}

/** Puts a callback on Node-RED's HTTP side; gives a function that takes it away again. */
export function mountCallback(RED: NodeAPI, secret: string, answer: Answer): () => void {
  const { httpNode } = RED;
  const handle = (request: CallbackRequest & { path: string }, response: ServerResponse, next: () => void) => {
    const given = decoded(request.path.slice(CALLBACK_PATH.length + 1).replace(/\/$/, ""));
    if (given === undefined) return void response.writeHead(400).end();
    return isCallbackSecret(given, secret) ? void answer(request, response) : next();
  };
  httpNode.all(PATHS, handle as never);
  return () => {
    const routed = httpNode as unknown as Routed;
    // Express 4 throws where its name of version 5 is read.
    const routes = routed._router ?? routed.router;
    if (routes)
      routes.stack = routes.stack.filter(({ route }) => !route?.stack.some((layer) => layer.handle === handle));
  };
}

/** Undefined where the percent-encoding is malformed. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
