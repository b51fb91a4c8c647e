import type { Clock, PersonApi } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";

export interface LiveWeighIn {
  readonly kilograms: number;
  readonly measuredAt: number;
}

export interface LiveInput {
  readonly api: Pick<PersonApi, "measureGroups">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Waits until the account has a weigh-in that it had not before. Resolves with undefined at the abort, or when nobody came. */
export async function nextWeighIn(input: LiveInput): Promise<LiveWeighIn | undefined> {
  const { clock, signal } = input;
  const end = clock.now() + LIMITS.setupLiveMs;
  const known = await weighInsNow(input);
  while (!signal.aborted && clock.now() < end) {
    await clock.sleep(LIMITS.setupPollMs, signal).catch(() => {});
    for (const [id, weighIn] of await weighInsNow(input)) if (!known.has(id)) return weighIn;
  }
  return undefined;
}

/** Weigh-ins around now, by id. The span moves with each look: the API refuses an identical call that comes soon. */
async function weighInsNow({ api, clock }: LiveInput): Promise<Map<number, LiveWeighIn>> {
  const now = Math.floor(clock.now() / 1000);
  const span = { from: now - LIMITS.setupLookBackS, to: now + LIMITS.setupLookBackS };
  const found = new Map<number, LiveWeighIn>();
  for await (const { groups } of api.measureGroups(span))
    for (const { id, measuredAt, measures } of groups) {
      const weight = measures.find(({ type, position }) => type === "weight" && position === undefined);
      if (weight) found.set(id, { kilograms: weight.value, measuredAt });
    }
  return found;
}
