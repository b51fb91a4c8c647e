import type { Problem } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import { serve, startWorld } from "@weighbridge/testing";
import { describe, expect, test, vi } from "vitest";
import { weighInSettings } from "../../src/nodes/withings-weigh-in/settings.ts";
import { type EventMessage, type Standing, WeighIn } from "../../src/nodes/withings-weigh-in/weigh-in.ts";
import { type AccountOptions, adasAccount, notification } from "../support/account.ts";

async function weighing(form: Readonly<Record<string, unknown>> = {}, options: AccountOptions = {}) {
  const world = await startWorld();
  const made = await adasAccount(world, options);
  const messages: EventMessage[] = [];
  const shown: Standing[] = [];
  const warnings: Problem[] = [];
  // Of its own: the account's requests would time out where it is moved.
  const statusClock = new ManualClock(world.clock.now());
  const weighIn = new WeighIn({
    nodeId: "w1",
    account: made.account,
    settings: weighInSettings((name) => form[name]),
    clock: statusClock,
    send: (message) => messages.push(message),
    show: (standing) => shown.push(standing),
    report: (problem) => warnings.push(problem),
  });
  await weighIn.start();
  await vi.waitFor(() => expect(made.account.state?.profile).not.toBeNull());
  const stepOn = (details: Parameters<typeof world.ada.weighsIn>[0]) => {
    const { date, grpid } = world.ada.weighsIn(details);
    return Promise.resolve(made.account.takeNotification(...notification(world.ada.userId, date))).then(() => grpid);
  };
  return { world, ...made, weighIn, statusClock, messages, shown, warnings, stepOn };
}

const shownWeight = (weight: string) => ({
  kind: "weight",
  text: expect.stringMatching(new RegExp(`^${weight} · 2026-0\\d-\\d\\d \\d\\d:\\d\\d$`)),
  isAmbiguous: false,
});

describe("a weigh-in node", () => {
  test("sends each event with its kind as topic and all fields as payload", async () => {
    const { world, messages, shown, stepOn } = await weighing();
    world.ada.setsHeight(1.7);
    const weighInId = await stepOn({ weight: 81.4, fatRatio: 20.1 });
    await vi.waitFor(() => expect(messages).toHaveLength(1));
    expect(messages[0]).toEqual({
      topic: "weigh_in",
      payload: {
        schema: 1,
        event_type: "weigh_in",
        event_id: expect.stringMatching(/^[\w-]{22}$/),
        person: "Ada",
        userid: String(world.ada.userId),
        weigh_in: weighInId,
        measured_at: "2026-03-01T07:00:00.000Z",
        recorded_at: "2026-03-01T07:00:00.000Z",
        backdated: false,
        attribution: "device",
        attribution_code: 0,
        unit: "kg",
        weight: 81.4,
        fat_free_mass: 65.04,
        fat_ratio: 20.1,
        fat_mass: 16.36,
        height: 1.7,
        bmi: 28.2,
        change: null,
        trend: 81.4,
        to_target: null,
      },
    });
    expect(shown.at(-1)).toEqual(shownWeight("81.4 kg"));
  });

  test("sends masses in the chosen unit, and nothing else in it", async () => {
    const { messages, stepOn, shown } = await weighing({ unit: "lb" });
    await stepOn({ weight: 80, fatRatio: 20 });
    await vi.waitFor(() => expect(messages).toHaveLength(1));
    expect(messages[0]?.payload).toMatchObject({ unit: "lb", weight: 176.37, fat_mass: 35.27, fat_ratio: 20 });
    expect(shown.at(-1)).toEqual(shownWeight("176.4 lb"));
  });

  test("sends only the chosen events", async () => {
    const { world, account, messages, shown } = await weighing({ events: "target_set,weigh_in_deleted" });
    world.ada.weighsIn({ weight: 81.4 });
    world.ada.setsTarget({ weight: 75 });
    account.requestPoll();
    await vi.waitFor(() => expect(messages.map(({ topic }) => topic)).toEqual(["target_set"]));
    expect(shown).toContainEqual({ kind: "target", weight: "75.0 kg" });
  });

  test("refuses an event that does not exist", () => {
    expect(() => weighInSettings((name) => (name === "events" ? "weigh_in,weight" : ""))).toThrow(
      "events is not one of",
    );
  });

  test("claims and refuses a held weigh-in by its number or by the event that came", async () => {
    const { messages, stepOn, weighIn, shown } = await weighing();
    await stepOn({ weight: 62.5, attribution: 1 });
    await vi.waitFor(() => expect(messages.map(({ topic }) => topic)).toEqual(["weigh_in_ambiguous"]));
    expect(shown.at(-1)).toEqual({ ...shownWeight("62.5 kg"), isAmbiguous: true });
    await weighIn.command("claim", messages[0]?.payload);
    expect(shown.at(-1)).toEqual({ kind: "done", word: "claimed" });
    expect(messages.at(-1)).toMatchObject({ topic: "weigh_in", payload: { weight: 62.5 } });
    await weighIn.command("refuse", String(messages[0]?.payload["weigh_in"]));
    expect(shown.at(-1)).toEqual({ kind: "done", word: "refused" });
  });

  test.each<[string, unknown, unknown]>([
    ["unknown_command", "delete", 1],
    ["unknown_command", undefined, undefined],
    ["invalid_value", "claim", "this one"],
    ["invalid_value", "claim", undefined],
    ["unknown_weigh_in", "claim", 4711],
  ])("fails with the code %s for topic %s and payload %s", async (code, topic, payload) => {
    const { weighIn } = await weighing();
    await expect(weighIn.command(topic, payload)).rejects.toMatchObject({ code });
  });

  test("polls on request", async () => {
    const { world, weighIn, messages } = await weighing();
    world.ada.weighsIn({ weight: 81.4 });
    await weighIn.command("sync", undefined);
    await vi.waitFor(() => expect(messages).toHaveLength(1));
  });

  test("shows a command's outcome for a moment, then its resting status again", async () => {
    const { weighIn, shown, statusClock } = await weighing();
    const resting = shown.at(-1);
    await weighIn.command("sync", undefined);
    expect(shown.at(-1)).toEqual({ kind: "done", word: "syncing" });
    await statusClock.advance(15_000);
    expect(shown.at(-1)).toEqual(resting);
    await expect(weighIn.command("weigh", undefined)).rejects.toThrow();
    expect(shown.at(-1)).toEqual({ kind: "problem", code: "unknown_command", isWorking: false });
    await statusClock.advance(15_000);
    expect(shown.at(-1)).toEqual(resting);
  });

  test("keeps the newest weight as its status through a target and a back-dated entry", async () => {
    const { world, account, messages, shown, stepOn, statusClock } = await weighing();
    const poll = async (topic: string) => {
      await world.clock.advance(12_000);
      account.requestPoll();
      await vi.waitFor(() => expect(messages.at(-1)?.topic).toBe(topic));
    };
    await stepOn({ weight: 81.4 });
    await vi.waitFor(() => expect(shown.at(-1)).toEqual(shownWeight("81.4 kg")));
    world.ada.setsTarget({ weight: 65 });
    await poll("target_set");
    expect(shown.at(-1)).toEqual({ kind: "target", weight: "65.0 kg" });
    await statusClock.advance(15_000);
    expect(shown.at(-1)).toEqual(shownWeight("81.4 kg"));
    const { grpid: older } = world.ada.weighsIn({ weight: 90, at: world.clock.now() / 1000 - 864_000 });
    await poll("weigh_in");
    expect(messages.at(-1)?.payload).toMatchObject({ weigh_in: older, backdated: true });
    expect(shown.at(-1)).toEqual(shownWeight("81.4 kg"));
  });

  test("sends the last weigh-in again, with the id of its event, and fails while none is known", async () => {
    const { weighIn, messages, stepOn, shown } = await weighing({ events: "target_set" });
    await expect(weighIn.command("repeat", undefined)).rejects.toMatchObject({ code: "unknown_weigh_in" });
    await stepOn({ weight: 81.4, fatRatio: 20 });
    await vi.waitFor(() => expect(shown.at(-1)).toEqual(shownWeight("81.4 kg")));
    await weighIn.command("repeat", undefined);
    await weighIn.command("repeat", undefined);
    expect(messages).toMatchObject([
      { topic: "weigh_in", payload: { weight: 81.4, fat_ratio: 20, trend: 81.4, backdated: false } },
      { topic: "weigh_in" },
    ]);
    expect(messages[0]?.payload["event_id"]).toBe(messages[1]?.payload["event_id"]);
  });

  test("sends again exactly what it sent", async () => {
    const { weighIn, messages, stepOn } = await weighing();
    await stepOn({ weight: 81.4, fatRatio: 20, attribution: 2 });
    await vi.waitFor(() => expect(messages).toHaveLength(1));
    await weighIn.command("repeat", undefined);
    expect(messages[1]).toEqual({
      ...messages[0],
      payload: { ...messages[0]?.payload, recorded_at: expect.any(String) },
    });
  });

  test("only polls without a public address, and says so", async () => {
    const { world, shown } = await weighing();
    expect(shown.map(({ kind }) => kind)).toEqual(["starting", "polling"]);
    expect(world.calls("subscribe")).toEqual([]);
  });

  test("shows that the account's subscription is made, and that it is there", async () => {
    const { shown } = await weighing({}, { callbackUrl: `${await serve()}/one` });
    await vi.waitFor(() => expect(shown.at(-1)).toEqual({ kind: "subscribed" }));
    expect(shown.map(({ kind }) => kind)).toEqual(["starting", "waiting", "subscribed"]);
  });

  test("shows and reports that callbacks are missing, as a problem with which the account works", async () => {
    const { world, shown, warnings } = await weighing({}, { callbackUrl: `${await serve()}/one` });
    await vi.waitFor(() => expect(shown.at(-1)).toEqual({ kind: "subscribed" }));
    await world.clock.advance(60_000);
    world.ada.weighsIn({ weight: 81.4, at: world.clock.now() / 1000 });
    await vi.waitFor(async () => {
      await world.clock.advance(60_000);
      expect(shown.at(-1)).toEqual({ kind: "problem", code: "callbacks_missing", isWorking: true });
    }, 5_000);
    expect(warnings).toMatchObject([{ code: "callbacks_missing", remedy: expect.stringMatching(/\w/) }]);
  });

  test("shows what is wrong with its account, and that it works again", async () => {
    const { world, shown, warnings, account } = await weighing();
    world.sim.fail("250", { action: "getmeas" });
    account.requestPoll();
    await vi.waitFor(async () => {
      await world.clock.advance(1_000);
      expect(shown.at(-1)).toEqual({ kind: "problem", code: "not_shared", isWorking: false });
    }, 5_000);
    expect(warnings).toHaveLength(1);
    world.sim.heal();
    await world.clock.advance(12_000);
    account.requestPoll();
    await vi.waitFor(() => expect(shown.at(-1)).toEqual({ kind: "polling" }));
  });
});
