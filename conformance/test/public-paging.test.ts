import type { MeasureGroup } from "@weighbridge/core";
import { simulate } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { publicWorld } from "./support/public.ts";

test("PUB-MEAS-12: what is added, edited and deleted while pages are walked comes with the next poll, and no group comes twice in a walk", async () => {
  const sim = await simulate();
  const ada = sim.person("ada");
  const { consent, hasQuirks } = publicWorld(sim);
  hasQuirks({ pageSize: 2 });
  const now = sim.clock.seconds();
  const old = Array.from({ length: 6 }, (_, index) =>
    ada.weighsIn({ weight: 60 + index, at: now - (index + 1) * 600 }),
  );
  const api = await consent(ada);
  const walked: number[] = [];
  let since = 0;
  let added = 0;
  for await (const { groups, updateTime = 0 } of api.measureGroups({ from: 0, to: now + 86_400 })) {
    walked.push(...groups.map(({ id }) => id));
    if (since > 0) continue;
    since = updateTime;
    sim.clock.advance(1_000);
    added = ada.weighsIn({ weight: 80 }).grpid;
    ada.edits(old[3]?.grpid ?? 0, { weight: 61.5 });
    ada.deletes(old[5]?.grpid ?? 0);
  }
  expect(new Set(walked).size).toBe(walked.length);
  sim.clock.advance(20_000);
  const polled: MeasureGroup[] = [];
  for await (const { groups } of api.measureGroups({ modifiedSince: since })) polled.push(...groups);
  const weights = new Map(polled.map(({ id, measures }) => [id, measures[0]?.value]));
  expect(weights.get(added)).toBe(80);
  expect(weights.get(old[3]?.grpid ?? 0)).toBe(61.5);
  // The walk or the poll brings everything that was there and stayed.
  const found = new Set([...walked, ...weights.keys()]);
  for (const { grpid } of old.slice(0, 5)) expect(found.has(grpid)).toBe(true);
});
