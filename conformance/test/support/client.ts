import { Application, createWbsClient, type WbsClient, type WbsClientOptions } from "@weighbridge/core";
import type { Simulator } from "@weighbridge/simulator";

/** A client that never waits: nothing in these tests depends on its patience. */
export function clientOf(sim: Simulator, options: WbsClientOptions = {}): WbsClient {
  const application = new Application({ callsPerMinute: 1_000_000, repeatCallMs: 0, subscribeGapMs: 0 });
  return createWbsClient({ baseUrl: sim.url, application, retries: 0, ...options });
}

/** The parameters that name a person in a call. */
export const keyOf = ({ userId, publicKey }: { readonly userId: number; readonly publicKey: string }) => ({
  userId,
  publicKey,
});
