import { describe, expect, test } from "vitest";
import type { GroupQuery } from "../../src/ports/person-api.ts";
import { createWbsClient } from "../../src/wbs/client.ts";
import { type Answer, type ReceivedCall, startApiServer } from "../support/api-server.ts";
import { caught } from "../support/caught.ts";
import { JumpingClock } from "../support/jumping-clock.ts";

const callbackUrl = "http://home.example/hook";

async function ada(answer: (call: ReceivedCall) => Answer) {
  const server = await startApiServer(answer);
  const person = createWbsClient({ baseUrl: server.url }).person({ userId: 29, publicKey: "b71d95ce5c1d4f23" });
  return { person, server };
}

test("a person is known by generation and userid", async () => {
  const { person } = await ada(() => ({ status: 0 }));
  expect(person).toMatchObject({ generation: "wbs", userId: "29" });
});

describe("measure groups", () => {
  const queries: readonly [GroupQuery, Record<string, string>][] = [
    [{}, {}],
    [
      { from: 5, to: 9 },
      { startdate: "5", enddate: "9" },
    ],
    [
      { from: 0, to: 0 },
      { startdate: "0", enddate: "0" },
    ],
    [{ modifiedSince: 7 }, { lastupdate: "7" }],
  ];

  test.each(queries)("WBS-NOTIFY-3, WBS-MEAS-14: of %j are asked for with %j", async (query, parameters) => {
    const { person, server } = await ada(() => ({ status: 0, body: { updatetime: 5, measuregrps: [] } }));
    for await (const page of person.measureGroups(query)) expect(page).toEqual({ groups: [], updateTime: 5 });
    expect(server.calls.map((call) => call.parameters)).toEqual([
      { action: "getmeas", userid: "29", publickey: "b71d95ce5c1d4f23", limit: "500", ...parameters },
    ]);
  });
});

test("a profile holds neither key nor id", async () => {
  const { person } = await ada(() => ({ status: 0, body: { users: [{ id: 29, firstname: "Ada", ispublic: 5 }] } }));
  expect(await person.profile()).toEqual({ firstName: "Ada", isSharing: true });
});

test("an answer of success without a user is unexpected", async () => {
  const { person } = await ada(() => ({ status: 0, body: { users: [] } }));
  expect(await caught(person.profile())).toMatchObject({ code: "unexpected_response" });
});

describe("a subscription", () => {
  test("WBS-NOTIFY-6: has expiry and comment", async () => {
    const { person } = await ada(() => ({ status: 0, body: { expires: 2147483647, comment: "Your Own Application" } }));
    expect(await person.subscription(callbackUrl)).toEqual({
      callbackUrl,
      expiresAt: 2147483647,
      comment: "Your Own Application",
    });
  });

  test.each([9e12, -9e12, "soon", 1.5])("with the expiry %s, which is no date, has none", async (expires) => {
    const { person } = await ada(() => ({ status: 0, body: { expires } }));
    expect(await person.subscription(callbackUrl)).toEqual({ callbackUrl });
  });

  test.each([286, 343])("WBS-NOTIFY-6: is undefined after status %d", async (status) => {
    const { person } = await ada(() => ({ status }));
    expect(await person.subscription(callbackUrl)).toBeUndefined();
  });

  test.each([
    [0, true],
    [294, false],
  ])("WBS-NOTIFY-7: revoked with status %d existed: %s", async (status, existed) => {
    const { person } = await ada(() => ({ status }));
    expect(await person.revoke(callbackUrl)).toBe(existed);
  });

  test.each([247, 250, 293, 2555])("WBS-NOTIFY-7: refused with status %d is an error", async (status) => {
    const { person } = await ada(() => ({ status }));
    expect(await caught(person.revoke(callbackUrl))).toMatchObject({ status });
    expect(await caught(person.subscription(callbackUrl))).toMatchObject({ status });
  });
});

test("a list of subscriptions may lack callback URLs, and may be empty", async () => {
  const answers = [
    {
      profiles: [
        { expires: 5, comment: "A" },
        { expires: 6, callbackurl: callbackUrl, appli: 1 },
      ],
    },
    { profiles: [] },
  ];
  const server = await startApiServer((_, index) => ({ status: 0, body: answers[index] }));
  const { notify } = createWbsClient({ baseUrl: server.url, clock: new JumpingClock() });
  const who = { userId: 29, publicKey: "k" };
  expect(await notify.list(who)).toEqual([
    { expiresAt: 5, comment: "A" },
    { expiresAt: 6, callbackUrl },
  ]);
  expect(await notify.list(who)).toEqual([]);
});
