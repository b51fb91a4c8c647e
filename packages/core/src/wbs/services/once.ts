import type { CallOptions } from "../../domain/call-options.ts";
import { readBody } from "../../http/read-body.ts";
import type { SendOptions, Transport } from "../../http/transport.ts";
import { CALLS } from "../calls.ts";
import { decodeOnce } from "../decode/once.ts";

export interface OnceService {
  /** Resolves if the service answers. */
  probe(options?: CallOptions): Promise<void>;
  /** A string that is good for hashing one password, once. */
  get(options?: CallOptions): Promise<string>;
}

export const onceService = (transport: Transport): OnceService => ({
  async probe(options) {
    await transport.send(CALLS.probe, {}, options);
  },
  get: (options) => getOnce(transport, options),
});

export async function getOnce(transport: Transport, options?: SendOptions): Promise<string> {
  const body = await transport.send(CALLS.getOnce, {}, options);
  return readBody(CALLS.getOnce, () => decodeOnce(body));
}
