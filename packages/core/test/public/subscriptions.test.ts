import { describe, expect, test } from "vitest";
import { NOTIFY_CATEGORIES } from "../../src/public/categories.ts";
import type { ReceivedCall } from "../support/api-server.ts";
import { caught } from "../support/caught.ts";
import { today } from "./world.ts";

const URL_OF_OURS = "https://home.example.org/withings/s3cret";

/** A service that keeps subscriptions, and refuses some categories. */
async function service({ profiles = [] as [appli: number, url: string][], refused = [] as number[] } = {}) {
  const kept = [...profiles];
  const foreign: number[] = [];
  const world = await today(
    ({ parameters }: ReceivedCall) => {
      const { action, callbackurl = "" } = parameters;
      const appli = Number(parameters["appli"]);
      if (action === "list")
        return {
          status: 0,
          body: {
            profiles: kept.map(([one, url]) => ({
              appli: one,
              callbackurl: url,
              expires: 2_147_483_647,
              comment: null,
            })),
          },
        };
      if (action === "subscribe" && refused.includes(appli)) return { status: 293, body: {}, error: "callback url" };
      if (action === "subscribe") kept.push([appli, callbackurl]);
      if (action === "revoke") {
        const index = kept.findIndex(([one, url]) => one === appli && url === callbackurl);
        if (index < 0) return { status: 294, body: {} };
        kept.splice(index, 1);
      }
      return { status: 0, body: {} };
    },
    { onForeign: (_, count) => foreign.push(count) },
  );
  const sent = (action: string) =>
    world.server.calls
      .filter(({ parameters }) => parameters["action"] === action)
      .map(({ parameters }) => Number(parameters["appli"]));
  return { ...world, kept, foreign, sent };
}

describe("a subscription", () => {
  test("PUB-NOTIFY-1, PUB-NOTIFY-6: is made for each category, 5 s apart, after one list", async () => {
    const { ada, kept, clock, server } = await service();
    expect(await ada.subscription(URL_OF_OURS)).toBeUndefined();
    expect(await ada.subscribe(URL_OF_OURS, "Weighbridge")).toEqual({ callbackUrl: URL_OF_OURS });
    expect(kept).toEqual([1, 4, 46].map((appli) => [appli, URL_OF_OURS]));
    expect(clock.waits).toEqual([5_000, 5_000]);
    expect(server.calls.map(({ parameters }) => parameters["action"])).toEqual([
      "list",
      "subscribe",
      "subscribe",
      "subscribe",
    ]);
    expect(server.calls[1]?.parameters).toMatchObject({ callbackurl: URL_OF_OURS, appli: "1", comment: "Weighbridge" });
  });

  test("PUB-NOTIFY-7: that is whole has no expiry, and is not made again", async () => {
    const { ada, sent } = await service({ profiles: [1, 4, 46].map((appli) => [appli, URL_OF_OURS]) });
    expect(await ada.subscription(URL_OF_OURS)).toEqual({ callbackUrl: URL_OF_OURS });
    expect(sent("subscribe")).toEqual([]);
  });

  test("PUB-NOTIFY-4: of which one category vanished is found, and exactly that one is made again", async () => {
    const { ada, sent } = await service({ profiles: [1, 46].map((appli) => [appli, URL_OF_OURS]) });
    expect(await ada.subscription(URL_OF_OURS)).toBeUndefined();
    await ada.subscribe(URL_OF_OURS, "c");
    expect(sent("subscribe")).toEqual([4]);
  });

  test.each([
    ["with a slash at its end", "https://home.example.org/withings/s3cret/"],
    ["with another case of the host", "https://HOME.example.org/withings/s3cret"],
    ["with the port that is the default", "https://home.example.org:443/withings/s3cret"],
  ])("PUB-NOTIFY-1: whose URL comes back %s is ours", async (_, url) => {
    const { ada } = await service({ profiles: [1, 4, 46].map((appli) => [appli, url]) });
    expect(await ada.subscription(URL_OF_OURS)).toBeDefined();
  });

  test("PUB-NOTIFY-8: of which one category is refused names it", async () => {
    const { ada } = await service({ refused: [NOTIFY_CATEGORIES.heart] });
    expect(await ada.subscribe(URL_OF_OURS, "c")).toEqual({ callbackUrl: URL_OF_OURS, lacking: ["heart"] });
  });

  test("PUB-NOTIFY-10: of which every category is refused says what to check", async () => {
    const { ada } = await service({ refused: [1, 4, 46] });
    const error = await caught(ada.subscribe(URL_OF_OURS, "c"));
    expect(error).toMatchObject({ code: "callback_url_refused", actor: "operator" });
    for (const word of ["https", "host name", "443", "HEAD", "polled"])
      expect(error).toMatchObject({ remedy: expect.stringContaining(word) });
  });

  test("PUB-NOTIFY-9, PUB-NOT-3: of another installation is reported once and never touched", async () => {
    const theirs: [number, string][] = [1, 4].map((appli) => [appli, "https://other.example.org/x"]);
    const { ada, kept, foreign } = await service({ profiles: theirs });
    for (let time = 0; time < 3; time++) await ada.subscription(URL_OF_OURS);
    await ada.subscribe(URL_OF_OURS, "c");
    await ada.revoke(URL_OF_OURS);
    expect(kept).toEqual(theirs);
    expect(foreign).toEqual([2]);
  });

  test("of our own earlier address is nobody else's", async () => {
    const earlier = "https://earlier.example.org/x";
    const { ada, foreign } = await service({ profiles: [1, 4, 46].map((appli) => [appli, `${earlier}/`]) });
    await ada.subscription(URL_OF_OURS, { previousUrl: earlier });
    await ada.subscribe(URL_OF_OURS, "c");
    expect(foreign).toEqual([]);
  });

  test("PUB-NOTIFY-1, PUB-NOTIFY-6: is revoked by category, 1 s apart, in the service's own spelling", async () => {
    const spelled = `${URL_OF_OURS}/`;
    const { ada, kept, clock, sent } = await service({ profiles: [1, 4, 46].map((appli) => [appli, spelled]) });
    expect(await ada.revoke(URL_OF_OURS)).toBe(true);
    expect(kept).toEqual([]);
    expect(sent("revoke")).toEqual([1, 4, 46]);
    expect(clock.waits).toEqual([1_000, 1_000]);
  });

  test.each([286, 294, 343])("PUB-NOTIFY-1: that is gone already (%d) counts as revoked", async (status) => {
    const { ada } = await today(({ parameters }) =>
      parameters["action"] === "list"
        ? { status: 0, body: { profiles: [{ appli: 1, callbackurl: URL_OF_OURS }] } }
        : { status, body: {} },
    );
    expect(await ada.revoke(URL_OF_OURS)).toBe(true);
  });
});

test("PUB-NOTIFY-1: an update sends exactly one of its three", async () => {
  const { ada, server } = await service();
  await ada.notify.update(URL_OF_OURS, "weight", { callbackUrl: "https://b.example.org/" });
  await ada.notify.update(URL_OF_OURS, "weight", { category: "heart" });
  await ada.notify.update(URL_OF_OURS, "weight", { comment: "c" });
  const common = { action: "update", callbackurl: URL_OF_OURS, appli: "1" };
  expect(server.calls.map(({ parameters }) => parameters)).toEqual([
    { ...common, new_callbackurl: "https://b.example.org/" },
    { ...common, new_appli: "4" },
    { ...common, comment: "c" },
  ]);
  const both = { callbackUrl: "https://b.example.org/", comment: "c" } as never;
  await ada.notify.update(URL_OF_OURS, "weight", both);
  expect(server.calls.at(-1)?.parameters).not.toHaveProperty("comment");
});

test("PUB-MEAS-18: whose a weigh-in is, is said with 1 and 0", async () => {
  const { ada, server } = await service();
  await ada.measure.confirm(8_500_000_001, true);
  await ada.measure.confirm(8_500_000_001, false);
  expect(server.calls.map(({ url, parameters }) => [url, parameters])).toEqual([
    ["/v2/measure", { action: "confirmuser", grpid: "8500000001", is_confirmed: "1" }],
    ["/v2/measure", { action: "confirmuser", grpid: "8500000001", is_confirmed: "0" }],
  ]);
});

test("PUB-USER-2: the weight goal is the profile's target, and none is none", async () => {
  let goals: unknown = { weight: { value: 70_500, unit: -3 } };
  const { ada } = await today(() => ({ status: 0, body: { goals } }));
  expect(await ada.profile()).toEqual({ targetWeight: 70.5 });
  goals = [];
  expect(await ada.profile()).toEqual({});
});

test("PUB-NOT-2: no contract service is offered", async () => {
  const { ada, client } = await service();
  const names = [...Object.keys(client), ...Object.keys(ada), ...Object.keys(ada.notify), ...Object.keys(ada.measure)];
  for (const word of ["activate", "link", "drop", "order", "raw", "list_users", "createclient", "recover"])
    expect(names.filter((name) => name.toLowerCase().includes(word))).toEqual([]);
  expect(Object.values(NOTIFY_CATEGORIES)).not.toEqual(expect.arrayContaining([53]));
});
