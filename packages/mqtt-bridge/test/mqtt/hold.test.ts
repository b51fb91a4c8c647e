import { ManualClock } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { outbox, post, waitedFor } from "../support/post.ts";
import { RawBroker } from "../support/raw-broker.ts";

const HOLD_MS = 60_000;

/** A publisher that was connected, lost its broker and has it back; an event came meanwhile. */
async function afterOutage() {
  const broker = await RawBroker.start();
  const clock = new ManualClock(0);
  const { store, add } = await outbox();
  const at = await post(broker.url, store, { clock, holdMs: HOLD_MS });
  await add("before");
  at.publisher.pump();
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(1);
  await expect.poll(() => store.counts(), { timeout: 5_000 }).toMatchObject({ owed: 0 });
  const reconnect = async (event: string) => {
    const before = at.connections;
    broker.drop();
    await add(event);
    await waitedFor(clock, () => at.connections === before + 1);
    at.publisher.pump();
  };
  await reconnect("meanwhile");
  at.publisher.publishDocuments([{ topic: "document", payload: "now" }]);
  await expect.poll(() => broker.topicsAtQos1, { timeout: 5_000 }).toContain("document");
  return { ...at, broker, clock, add, reconnect };
}

test("nothing waits at the first connection; after an outage documents go at once, and events wait until they are let go", async () => {
  const { broker, publisher } = await afterOutage();
  expect(broker.publishes).toHaveLength(1);
  publisher.releaseEvents();
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(2);
});

test("events wait no longer than the hold", async () => {
  const { broker, clock } = await afterOutage();
  expect(broker.publishes).toHaveLength(1);
  await clock.advance(HOLD_MS);
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(2);
});

test("letting go ends one hold, not the next one", async () => {
  const { broker, clock, publisher, add, reconnect } = await afterOutage();
  publisher.releaseEvents();
  publisher.releaseEvents();
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(2);
  await reconnect("again");
  await add("later");
  publisher.pump();
  publisher.publishDocuments([{ topic: "second document", payload: "now" }]);
  await expect.poll(() => broker.topicsAtQos1, { timeout: 5_000 }).toContain("second document");
  expect(broker.publishes).toHaveLength(2);
  await clock.advance(HOLD_MS);
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(4);
});
