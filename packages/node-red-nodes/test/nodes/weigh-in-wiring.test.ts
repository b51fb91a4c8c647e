import { readdir, stat } from "node:fs/promises";
import { startWorld } from "@weighbridge/testing";
import type { NodeAPI } from "node-red";
import { describe, expect, test, vi } from "vitest";
import {
  accountNode,
  credentialsOf,
  type FlowNode,
  nextMessage,
  runFlow,
  serveHttpNodes,
  statusesOf,
} from "../support/node-red.ts";

/** A flow with a weigh-in node whose callback is reachable. */
async function weighing(more: object = {}, before: { readonly userDir?: string } = {}) {
  const world = await startWorld();
  return { world, ...(await start(world, more, before)) };
}

async function start(
  world: Awaited<ReturnType<typeof startWorld>>,
  more: object = {},
  before: { readonly userDir?: string } = {},
) {
  let api: NodeAPI | undefined;
  const publicurl = await serveHttpNodes(() => api?.httpNode);
  const flow: FlowNode[] = [
    accountNode(world),
    {
      id: "w",
      type: "withings-weigh-in",
      z: "tab",
      account: "account",
      version: 1,
      publicurl,
      wires: [["out"]],
      ...more,
    },
    { id: "out", type: "helper", z: "tab" },
    { id: "errors", type: "catch", z: "tab", scope: null, wires: [["caught"]] },
    { id: "caught", type: "helper", z: "tab" },
  ];
  const red = await runFlow(flow, {
    credentials: credentialsOf(world),
    ...before,
    prepare: (RED) => {
      api = RED;
    },
  });
  const shown = statusesOf(red.node("w"));
  const callbackUrl = () => world.ada.subscriptions.live[0]?.callbackUrl ?? "";
  return { ...red, publicurl, shown, callbackUrl };
}

const subscribed = (run: { readonly callbackUrl: () => string }) =>
  vi.waitFor(() => expect(run.callbackUrl()).not.toBe(""));

describe("the weigh-in node in Node-RED", () => {
  test("brings a weigh-in from the callback to a message", async () => {
    const run = await weighing();
    await subscribed(run);
    const message = nextMessage(run.node("out"));
    run.world.ada.weighsIn({ weight: 81.4 });
    expect(await message).toMatchObject({ topic: "weigh_in", payload: { weight: 81.4, person: "Ada" } });
  });

  test("has a callback path of 132 random bits, the same after a restart, another for another node", async () => {
    const run = await weighing();
    const secretOf = async (id: string) => (await run.admin().get(`/withings-weigh-in/callback/${id}`)).body.secret;
    const secret = await secretOf("w");
    expect(secret).toMatch(/^[\w-]{22}$/);
    expect(await secretOf("other")).not.toBe(secret);
    await subscribed(run);
    expect(run.callbackUrl()).toBe(`${run.publicurl}/withings/${secret}`);
    await run.stop();
    const again = await start(run.world, {}, { userDir: run.userDir });
    expect((await again.admin().get("/withings-weigh-in/callback/w")).body.secret).toBe(secret);
  });

  test("answers GET and HEAD, leaves other paths alone, and takes its route away when it closes", async () => {
    const run = await weighing();
    await subscribed(run);
    const statusOf = async (url: string, method = "GET") => (await fetch(url, { method })).status;
    expect(await statusOf(run.callbackUrl())).toBe(200);
    expect(await statusOf(run.callbackUrl(), "HEAD")).toBe(200);
    expect(await statusOf(`${run.publicurl}/withings/${"x".repeat(22)}`)).toBe(404);
    const url = run.callbackUrl();
    await run.stop();
    expect(await statusOf(url)).toBe(404);
    expect(run.world.ada.subscriptions.live).toHaveLength(1);
  });

  test.each([
    ["the node", true],
    ["the node and its account", false],
  ])("ends its subscription in a full deploy without %s, where the form asks for it", async (_what, isAccountKept) => {
    const run = await weighing({ revoke: "true" });
    await subscribed(run);
    await run.deploy(isAccountKept ? [accountNode(run.world)] : [], isAccountKept ? credentialsOf(run.world) : {});
    expect(run.world.ada.subscriptions.live).toEqual([]);
  });

  test("sends after a restart what it missed, once", async () => {
    const run = await weighing();
    await subscribed(run);
    const first = nextMessage(run.node("out"));
    run.world.ada.weighsIn({ weight: 81.4 });
    await first;
    await run.stop();
    await run.world.clock.advance(60_000);
    run.world.ada.weighsIn({ weight: 81.9 });
    const again = await start(run.world, {}, { userDir: run.userDir });
    const sent: unknown[] = [];
    again.node("out").on("input", (msg) => void sent.push((msg.payload as { weight: number }).weight));
    await vi.waitFor(() => expect(sent).toEqual([81.9]));
  });

  test("keeps everything that it remembers in files that only their owner reads", async () => {
    const run = await weighing();
    await subscribed(run);
    const directory = `${run.userDir}/weighbridge`;
    const files = await readdir(directory);
    expect(files).toContain("installation.key");
    for (const file of files) expect([file, (await stat(`${directory}/${file}`)).mode & 0o777]).toEqual([file, 0o600]);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test("shows that it waits, and then what was weighed", async () => {
    const run = await weighing();
    await vi.waitFor(() =>
      expect(run.shown.at(-1)).toEqual({ fill: "green", shape: "ring", text: "status.subscribed" }),
    );
    run.world.ada.weighsIn({ weight: 81.4 });
    await vi.waitFor(() =>
      expect(run.shown.at(-1)).toEqual({ fill: "green", shape: "dot", text: expect.stringMatching(/^81\.4 kg · /) }),
    );
  });

  test("answers a path with a malformed escape with a plain 400, before and after it knows its own", async () => {
    const run = await weighing();
    await subscribed(run);
    for (const path of ["%ff", "%", "%E0%A4%A", "%ff/"]) {
      const answer = await fetch(`${run.publicurl}/withings/${path}`);
      expect([path, answer.status, await answer.text()]).toEqual([path, 400, ""]);
    }
  });

  test("shows a page that says it works to a person who opens the callback URL", async () => {
    const run = await weighing();
    await subscribed(run);
    const answer = await fetch(run.callbackUrl());
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await answer.text()).toContain("It works");
    expect(await (await fetch(run.callbackUrl(), { method: "POST" })).text()).toBe("");
  });

  test("sends the last weigh-in again for the form's button, and says why where it cannot", async () => {
    const run = await weighing();
    await subscribed(run);
    const press = async (id: string) => (await run.admin().post(`/withings-weigh-in/repeat/${id}`)).body;
    expect(await press("w")).toMatchObject({ ok: false, problem: { code: "unknown_weigh_in" } });
    expect(await press("nobody")).toMatchObject({ ok: false, problem: { code: "not_ready" } });
    const first = nextMessage(run.node("out"));
    run.world.ada.weighsIn({ weight: 81.4 });
    await first;
    const again = nextMessage(run.node("out"));
    expect(await press("w")).toEqual({ ok: true });
    expect(await again).toMatchObject({ topic: "weigh_in", payload: { weight: 81.4 } });
  });

  test("claims a held weigh-in by the event that came, and fails what it does not know", async () => {
    const run = await weighing();
    await subscribed(run);
    const held = nextMessage(run.node("out"));
    run.world.ada.weighsIn({ weight: 62.5, attribution: 1 });
    const { topic, payload } = await held;
    expect(topic).toBe("weigh_in_ambiguous");
    const caught = nextMessage(run.node("caught"));
    run.node("w").receive({ topic: "weigh", payload });
    const { error } = await caught;
    expect(error?.code).toBe("unknown_command");
    expect(error?.message).toContain("Set msg.topic to");
    const counted = nextMessage(run.node("out"));
    run.node("w").receive({ topic: "claim", payload });
    expect(await counted).toMatchObject({ topic: "weigh_in", payload: { weight: 62.5 } });
  });

  test("brings a problem that no message brought about to the Catch node", async () => {
    const run = await weighing({ publicurl: `http://home.example.org/${"x".repeat(200)}` });
    const { topic, payload, error } = await nextMessage(run.node("caught"));
    expect(topic).toBe("problem");
    expect(payload).toMatchObject({ code: "callback_url", remedy: expect.stringContaining("public URL") });
    expect(error).toMatchObject({ code: "callback_url", message: expect.stringContaining("the API takes 128") });
  });

  test.each<[string, object]>([
    ["no_account", { account: "" }],
    ["invalid_value", { events: "weight", eventsType: "choice" }],
    ["newer_settings", { version: 7 }],
  ])("that cannot start shows %s, fails every command, and closes", async (code, wrong) => {
    const run = await weighing(wrong);
    await vi.waitFor(() => expect(run.shown.at(-1)).toEqual({ fill: "red", shape: "ring", text: code }));
    const caught = nextMessage(run.node("caught"));
    run.node("w").receive({ topic: "sync" });
    expect((await caught).error?.code).toBe("not_ready");
    await run.stop();
  });
});
