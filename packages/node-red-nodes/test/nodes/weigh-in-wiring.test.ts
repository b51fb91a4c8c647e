import { readdir, rm, stat } from "node:fs/promises";
import { startWorld, type World } from "@weighbridge/testing";
import type { NodeAPI, NodeStatus } from "node-red";
import { describe, expect, test, vi } from "vitest";
import { Journal } from "../../src/account/journal.ts";
import { notKept } from "../../src/account/private-file.ts";
import {
  accountNode,
  credentialsOf,
  type FlowNode,
  nextMessage,
  runFlow,
  serveHttpNodes,
  statusesOf,
} from "../support/node-red.ts";

interface Options {
  readonly userDir?: string;
  readonly settings?: object;
  /** Settings of the account node; of the weigh-in node. */
  readonly account?: (publicurl: string) => object;
  readonly weighIn?: (publicurl: string) => object;
  readonly more?: readonly FlowNode[];
  /** That of an earlier run; without it another one. */
  readonly publicurl?: string;
}

/** The Node-RED that runs: its HTTP nodes are behind every public address. */
let api: NodeAPI | undefined;

/** A flow with a weigh-in node whose account has a callback that is reachable. */
async function weighing(options: Options = {}) {
  const world = await startWorld();
  return { world, ...(await start(world, options)) };
}

async function start(world: World, { account, weighIn, more = [], ...options }: Options = {}) {
  const publicurl = options.publicurl ?? (await serveHttpNodes(() => api?.httpNode));
  const warnings: string[] = [];
  const flow: FlowNode[] = [
    accountNode(world, { publicurl, ...account?.(publicurl) }),
    {
      id: "w",
      type: "withings-weigh-in",
      z: "tab",
      account: "account",
      version: 1,
      wires: [["out"]],
      ...weighIn?.(publicurl),
    },
    { id: "out", type: "helper", z: "tab" },
    { id: "errors", type: "catch", z: "tab", scope: null, wires: [["caught"]] },
    { id: "caught", type: "helper", z: "tab" },
    ...more,
  ];
  const red = await runFlow(flow, {
    credentials: credentialsOf(world),
    ...options,
    prepare: (RED) => {
      api = RED;
      const { createNode } = RED.nodes;
      RED.nodes.createNode = (node, config) => {
        createNode(node, config);
        if (node.id === "account") node.warn = (text: unknown) => void warnings.push(String(text));
      };
    },
  });
  const shown = statusesOf(red.node("w"));
  const callbackUrl = () => world.ada.subscriptions.live[0]?.callbackUrl ?? "";
  return { ...red, flow, publicurl, shown, callbackUrl, warnings };
}

/** The node says so when it is on disk that there is a subscription. */
const subscribed = ({ shown }: { readonly shown: readonly NodeStatus[] }) =>
  vi.waitFor(() => expect(shown.map(({ text }) => text)).toContain("status.subscribed"));

describe("the weigh-in node in Node-RED", () => {
  test("brings a weigh-in from the callback to a message", async () => {
    const run = await weighing();
    await subscribed(run);
    const message = nextMessage(run.node("out"));
    run.world.ada.weighsIn({ weight: 81.4 });
    expect(await message).toMatchObject({ topic: "weigh_in", payload: { weight: 81.4, person: "Ada" } });
  });

  test("has a callback path of 132 random bits, the same after a restart, another for another account", async () => {
    const run = await weighing();
    const secretOf = async (id: string) => (await run.admin().get(`/withings-account/callback/${id}`)).body.secret;
    const secret = await secretOf("account");
    expect(secret).toMatch(/^[\w-]{22}$/);
    expect(await secretOf("other")).not.toBe(secret);
    await subscribed(run);
    expect(run.callbackUrl()).toBe(`${run.publicurl}/withings/${secret}`);
    await run.stop();
    const again = await start(run.world, { userDir: run.userDir });
    expect((await again.admin().get("/withings-account/callback/account")).body.secret).toBe(secret);
  });

  test("brings a weigh-in at once after a deploy, though the poll of the start has to wait for its pace", async () => {
    const run = await weighing();
    await subscribed(run);
    await vi.waitFor(() => expect(run.world.calls("getmeas").length).toBeGreaterThan(1));
    const isPoll = (entry: object) => JSON.stringify(entry).includes("lastupdate");
    const polls = () => run.world.calls("getmeas").filter(isPoll).length;
    const before = polls();
    await run.deploy(
      run.flow.map((one) => (one.id === "account" ? { ...one, name: "Bob" } : one)),
      credentialsOf(run.world),
    );
    const message = nextMessage(run.node("out"));
    run.world.ada.weighsIn({ weight: 81.4 });
    expect(await message).toMatchObject({ payload: { person: "Bob", weight: 81.4 } });
    expect(polls()).toBe(before);
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
  ])(
    "ends its subscription in a full deploy without %s, where the account asks for it",
    async (_what, isAccountKept) => {
      const run = await weighing({ account: () => ({ revoke: "true" }) });
      await subscribed(run);
      const kept = isAccountKept ? [run.flow[0] as FlowNode] : [];
      await run.deploy(kept, isAccountKept ? credentialsOf(run.world) : {});
      expect(run.world.ada.subscriptions.live).toEqual([]);
    },
  );

  test("ends its subscription in a full deploy without its account alone", async () => {
    const run = await weighing({ account: () => ({ revoke: "true" }) });
    await subscribed(run);
    await run.deploy(run.flow.slice(1), {});
    expect(run.world.ada.subscriptions.live).toEqual([]);
  });

  test("ends its subscription where the public address is cleared", async () => {
    const run = await weighing();
    await subscribed(run);
    const [account, ...others] = run.flow;
    await run.deploy([{ ...(account as FlowNode), publicurl: "" }, ...others], credentialsOf(run.world));
    await vi.waitFor(() => expect(run.world.ada.subscriptions.live).toEqual([]));
  });

  test("of an earlier version lends its public address to its account, with one warning that says to move it", async () => {
    const other = { id: "w2", type: "withings-weigh-in", z: "tab", account: "account", wires: [[]] };
    const run = await weighing({
      account: () => ({ publicurl: "" }),
      weighIn: (publicurl) => ({ publicurl, comment: "mine", revoke: "false", revokeType: "bool" }),
      more: [{ ...other, publicurl: "https://other.example.org" }],
    });
    await subscribed(run);
    const message = nextMessage(run.node("out"));
    run.world.ada.weighsIn({ weight: 81.4 });
    expect(await message).toMatchObject({ payload: { weight: 81.4 } });
    expect(run.callbackUrl()).toMatch(run.publicurl);
    expect(run.world.ada.subscriptions.live).toHaveLength(1);
    expect(run.warnings.filter((text) => text.includes("Open the account, press Done, and deploy"))).toHaveLength(1);
  });

  test("subscribes nothing where Node-RED serves no HTTP nodes, and shows that it polls", async () => {
    const run = await weighing({ settings: { httpNodeRoot: false } });
    await vi.waitFor(() => expect(run.shown.at(-1)?.text).toBe("status.polling"));
    await vi.waitFor(() => expect(run.world.calls("getmeas").length).toBeGreaterThan(0));
    expect(run.world.calls("subscribe")).toEqual([]);
    expect(run.warnings.filter((text) => /callback|HTTP/.test(text))).toEqual([]);
  });

  test("is warned once that httpNodeAuth turns callbacks away", async () => {
    const run = await weighing({ settings: { httpNodeAuth: { user: "ada", pass: "x" } } });
    await vi.waitFor(() => expect(run.shown.at(-1)?.text).toMatch(/subscribed|callback_url_refused/));
    expect(run.warnings.filter((text) => text.includes("httpNodeAuth"))).toHaveLength(1);
  });

  test("says that nothing is remembered where the state folder was lost, and leaves no orphan at the API", async () => {
    const run = await weighing();
    await subscribed(run);
    const before = run.callbackUrl();
    // Another program's subscription stays.
    run.world.ada.subscriptions.put(`${run.publicurl}/other`, "other");
    await run.stop();
    await rm(`${run.userDir}/weighbridge`, { recursive: true });
    const again = await start(run.world, { userDir: run.userDir, publicurl: run.publicurl });
    const urls = () => run.world.ada.subscriptions.live.map(({ callbackUrl }) => callbackUrl);
    await vi.waitFor(() => expect(run.world.calls("revoke")).toHaveLength(1));
    await vi.waitFor(() => expect(urls()).not.toContain(before));
    expect(urls()).toEqual([`${run.publicurl}/other`, expect.stringContaining(`${run.publicurl}/withings/`)]);
    expect(again.warnings.filter((text) => text.startsWith("Nothing remembered"))).toHaveLength(1);
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
    const again = await start(run.world, { userDir: run.userDir });
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

  test("answers a callback that cannot be written with 503, of which the Catch node hears", async () => {
    const run = await weighing();
    await subscribed(run);
    await vi.waitFor(() => expect(run.shown.at(-1)?.text).toBe("status.subscribed"));
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const append = vi.spyOn(Journal.prototype, "append").mockRejectedValue(notKept(full));
    const caught = nextMessage(run.node("caught"));
    const body = `userid=${run.world.ada.userId}&startdate=1&enddate=2`;
    expect((await fetch(run.callbackUrl(), { method: "POST", body })).status).toBe(503);
    const { topic, error } = await caught;
    expect([topic, error?.code]).toEqual(["problem", "state_not_kept"]);
    expect(error?.message).toContain("Let Node-RED read and write the folder");
    expect(run.shown.at(-1)).toEqual({ fill: "red", shape: "ring", text: "state_not_kept" });
    append.mockRestore();
  });

  test("brings a problem that no message brought about to the Catch node", async () => {
    const run = await weighing({ account: () => ({ publicurl: `http://home.example.org/${"x".repeat(200)}` }) });
    const { topic, payload, error } = await nextMessage(run.node("caught"));
    expect(topic).toBe("problem");
    expect(payload).toMatchObject({ code: "callback_url", remedy: expect.stringContaining("public address") });
    expect(error).toMatchObject({ code: "callback_url", message: expect.stringContaining("the API takes 128") });
  });

  test.each<[string, object]>([
    ["no_account", { account: "" }],
    ["invalid_value", { events: "weight", eventsType: "choice" }],
    ["newer_settings", { version: 7 }],
  ])("that cannot start shows %s, fails every command, and closes", async (code, wrong) => {
    const run = await weighing({ weighIn: () => wrong });
    await vi.waitFor(() => expect(run.shown.at(-1)).toEqual({ fill: "red", shape: "ring", text: code }));
    const caught = nextMessage(run.node("caught"));
    run.node("w").receive({ topic: "sync" });
    expect((await caught).error?.code).toBe("not_ready");
    await run.stop();
  });
});
