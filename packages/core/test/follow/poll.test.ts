import { expect, test } from "vitest";
import { away, follow } from "./world.ts";

test("who asks for a poll hears of the end of one that began after they asked, not of one that was under way", async () => {
  const ada = await follow();
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let polls = 0;
  ada.api.hold = ({ what }) => (what === "poll" ? gates[polls++]?.promise : undefined);
  void ada.follower.poll();
  await ada.wake();
  let isOver = false;
  const second = ada.follower.poll().then((end) => {
    isOver = true;
    return end;
  });
  gates[0]?.resolve();
  await ada.pass(11);
  expect({ polls, isOver }).toEqual({ polls: 1, isOver: false });
  gates[1]?.resolve();
  await ada.pass(2);
  expect(await second).toBe("polled");
});

test("who asks for a poll hears why it failed, and of the end where everything stops", async () => {
  const ada = await follow();
  ada.api.fail = ({ what }) => (what === "poll" ? away() : undefined);
  const failed = ada.follower.poll();
  await ada.wake();
  expect(await failed).toMatchObject({ error: { code: "network" }, againInS: expect.any(Number) });
  const never = ada.follower.poll();
  await ada.stop();
  expect(await never).toBe("stopped");
});
