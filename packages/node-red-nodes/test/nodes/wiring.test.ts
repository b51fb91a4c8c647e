import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startWorld, stateDir } from "@weighbridge/testing";
import type { NodeMessage } from "node-red";
import { describe, expect, test, vi } from "vitest";
import { accountNode, credentialsOf, type FlowNode, nextMessage, runFlow, statusesOf } from "../support/node-red.ts";

const OUT: FlowNode = { id: "out", type: "helper", z: "tab" };
const CAUGHT: readonly FlowNode[] = [
  { id: "errors", type: "catch", z: "tab", scope: null, wires: [["caught"]] },
  { id: "caught", type: "helper", z: "tab" },
];

async function running(subject: FlowNode, more: Parameters<typeof runFlow>[1] = {}) {
  const world = await startWorld();
  world.ada.weighsIn({ weight: 80, fatRatio: 20 });
  const flow = [accountNode(world), { z: "tab", account: "account", wires: [["out"]], ...subject }, OUT, ...CAUGHT];
  const red = await runFlow(flow, { credentials: credentialsOf(world), ...more });
  const under = red.node(subject.id);
  const shown = statusesOf(under);
  const ask = (msg: NodeMessage) => {
    const answer = nextMessage(red.node("out"));
    under.receive(msg);
    return answer;
  };
  const fail = (msg: NodeMessage) => {
    const caught = nextMessage(red.node("caught"));
    under.receive(msg);
    return caught;
  };
  return { world, red, under, shown, ask, fail };
}

const getmeas = (more: object = {}): FlowNode => ({ id: "m", type: "withings-getmeas", version: 1, ...more });

describe("an action node", () => {
  test("answers on the message that came, and shows its work and its result", async () => {
    const { ask, shown } = await running(getmeas());
    const msg = await ask({ keep: "me", payload: 1 });
    expect(msg).toMatchObject({ keep: "me", payload: { groups: [{ values: { weight: 80 } }] } });
    await vi.waitFor(() =>
      expect(shown).toEqual([
        { fill: "blue", shape: "dot", text: "status.working" },
        { fill: "green", shape: "dot", text: "1 group" },
      ]),
    );
  });

  test("lets msg.withings override each field once, and hands it on to nobody", async () => {
    const { ask, world } = await running(
      getmeas({ limit: "5", limitType: "num", output: "latest", outputType: "choice" }),
    );
    const msg = await ask({ withings: { limit: 1, category: "measure", output: "message" } });
    expect(msg.payload).toHaveProperty("groups");
    expect(msg).not.toHaveProperty("withings");
    expect(world.calls("getmeas").at(-1)).toMatchObject({ parameters: { limit: "1", category: "1" } });
    expect((await ask({})).payload).toHaveProperty("weight", 80);
    expect(world.calls("getmeas").at(-1)).toMatchObject({ parameters: { limit: "5" } });
  });

  test("reads its fields from messages, expressions and environment variables", async () => {
    vi.stubEnv("WB_OFFSET", "0");
    const { ask, world } = await running(
      getmeas({
        startdate: "from.there",
        startdateType: "msg",
        enddate: "$number(end) + 1",
        enddateType: "jsonata",
        offset: "WB_OFFSET",
        offsetType: "env",
        limit: "",
        limitType: "num",
      }),
    );
    await ask({ from: { there: 100 }, end: "2000000000" });
    expect(world.calls("getmeas").at(-1)).toMatchObject({ parameters: { startdate: "100", enddate: "2000000001" } });
    expect(world.calls("getmeas").at(-1)).not.toHaveProperty("parameters.limit");
    vi.unstubAllEnvs();
  });

  test("sends a sequence of messages with parts", async () => {
    const { world, red, under } = await running(getmeas({ output: "groups", outputType: "choice" }));
    world.ada.weighsIn({ weight: 81, at: world.sim.clock.seconds() - 100 });
    const parts: unknown[] = [];
    red.node("out").on("input", (msg) => void parts.push([msg.parts?.index, msg.parts?.count, msg["keep"]]));
    under.receive({ keep: "me" });
    await vi.waitFor(() =>
      expect(parts).toEqual([
        [0, 2, "me"],
        [1, 2, "me"],
      ]),
    );
  });

  test("forgets what it sent when msg.reset is true", async () => {
    const { ask } = await running(getmeas({ onlynew: "true", onlynewType: "bool" }));
    const count = async (msg: NodeMessage) => ((await ask(msg)).payload as { groups: unknown[] }).groups.length;
    expect(await count({})).toBe(1);
    expect(await count({})).toBe(0);
    // With a filter, since an identical call goes out only 12 s later.
    expect(await count({ reset: true, withings: { category: "measure" } } as NodeMessage)).toBe(1);
  });

  test.each<[string, FlowNode, NodeMessage]>([
    ["invalid_value", getmeas({ limit: "-1", limitType: "num" }), {}],
    ["invalid_value", getmeas(), { withings: "limit=1" }],
    ["invalid_expression", getmeas({ limit: "$$$(", limitType: "jsonata" }), {}],
    ["no_account", getmeas({ account: "" }), {}],
    ["no_account", getmeas({ account: "out" }), {}],
    ["newer_settings", getmeas({ version: 99 }), {}],
    ["missing_value", { id: "n", type: "withings-notify", version: 1, action: "get", actionType: "choice" }, {}],
    ["missing_value", { id: "u", type: "withings-user", version: 1, action: "users", actionType: "choice" }, {}],
  ])("gives a catch node the code %s", async (code, subject, msg) => {
    const { fail, shown } = await running(subject);
    expect((await fail(msg)).error?.code).toBe(code);
    expect(shown.at(-1)).toEqual({ fill: "red", shape: "ring", text: code });
  });

  test("gives a catch node the API's refusal, and no key", async () => {
    const { fail, world } = await running(getmeas());
    const key = world.ada.publicKey;
    world.ada.stopsSharing();
    const msg = await fail({ payload: 1 });
    expect(msg.error).toMatchObject({ code: "not_shared" });
    expect(JSON.stringify(msg)).not.toContain(key);
  });

  test("is done when it closes in the middle of a call", async () => {
    const { world, under, red } = await running(getmeas());
    world.sim.fail("hang", { action: "getmeas" });
    under.receive({});
    await vi.waitFor(() => expect(world.calls("getmeas").length + world.sim.log.length).toBeGreaterThan(1));
    await red.stop();
  });

  test("works for all flows through one account: one client, one limiter", async () => {
    const world = await startWorld();
    const second: FlowNode = { id: "m2", type: "withings-getmeas", z: "tab", account: "account", wires: [["out"]] };
    const flow = [accountNode(world), { ...second, id: "m1" }, second, OUT];
    const red = await runFlow(flow, { credentials: credentialsOf(world) });
    const accounts = ["account", "account"].map((id) => (red.node(id) as never as { account(): unknown }).account());
    expect(accounts[0]).toBe(accounts[1]);
  });
});

describe("an account node", () => {
  test("takes its settings and credentials from environment variables", async () => {
    const world = await startWorld();
    for (const [name, value] of Object.entries({
      WB_URL: world.sim.url,
      WB_USER: String(world.ada.userId),
      WB_KEY: world.ada.publicKey,
    }))
      vi.stubEnv(name, value);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's notation.
    const [baseurl, userid, publickey] = ["${WB_URL}", "${WB_USER}", "${WB_KEY}"];
    const subject = { id: "u", type: "withings-user", z: "tab", account: "account", wires: [["out"]] };
    const red = await runFlow([accountNode(world, { baseurl }), subject, OUT], {
      credentials: { account: { userid, publickey } },
    });
    const answer = nextMessage(red.node("out"));
    red.node("u").receive({});
    expect((await answer).payload).toMatchObject({ first_name: "Ada" });
    vi.unstubAllEnvs();
  });

  test("that is incomplete fails its nodes with the reason, and starts nothing", async () => {
    const world = await startWorld();
    const flow = [accountNode(world), { ...getmeas({ account: "account" }), z: "tab", wires: [[]] }, ...CAUGHT];
    const red = await runFlow(flow);
    const caught = nextMessage(red.node("caught"));
    red.node("m").receive({});
    expect((await caught).error?.code).toBe("account_incomplete");
    expect(world.sim.log).toEqual([]);
  });

  test("works with a key that was found in the editor, also in another Node-RED that gets only flow and credentials", async () => {
    const world = await startWorld();
    const subject = { id: "u", type: "withings-user", z: "tab", account: "account", wires: [["out"]] };
    const flow = [accountNode(world), subject, OUT];
    const editing = await runFlow(flow);
    const form = { generation: "wbs", baseurl: world.sim.url, email: "ada@example.org", password: "bozo" };
    const found = await editing.admin().post("/withings-account/users").send(form);
    expect(found.headers["cache-control"]).toBe("no-store");
    const [{ userid, publickey }] = found.body.users;
    expect(publickey).toBe(world.ada.publicKey);
    expect(await filesBelow(editing.userDir)).not.toContain(publickey);
    await editing.stop();

    const copy = await runFlow(flow, { credentials: { account: { userid, publickey } } });
    const answer = nextMessage(copy.node("out"));
    copy.node("u").receive({});
    expect((await answer).payload).toMatchObject({ first_name: "Ada" });
  });

  test("that holds the ticket of an earlier version says what to do, and the keys kept by that version are deleted", async () => {
    const world = await startWorld();
    const userDir = stateDir();
    await mkdir(join(userDir, "weighbridge"));
    await writeFile(join(userDir, "weighbridge", "found-keys-deployed.json"), `{"found:x":"${world.ada.publicKey}"}`);
    const subject = { id: "u", type: "withings-user", z: "tab", account: "account", wires: [["out"]] };
    const credentials = { account: { userid: String(world.ada.userId), publickey: "found:x" } };
    const red = await runFlow([accountNode(world), subject, OUT, ...CAUGHT], { credentials, userDir });
    const caught = nextMessage(red.node("caught"));
    red.node("u").receive({});
    const { error } = await caught;
    expect(error).toMatchObject({ code: "account_incomplete", message: expect.stringContaining("Find my users") });
    await vi.waitFor(async () => expect(await filesBelow(userDir)).not.toContain(world.ada.publicKey));
  });

  test("asks for the right to change it before it speaks for a user", async () => {
    const asked: string[] = [];
    const world = await startWorld();
    const red = await runFlow([accountNode(world)], {
      credentials: credentialsOf(world),
      prepare: (RED) => {
        RED.auth.needsPermission = (permission) => {
          asked.push(permission);
          return (_request, response) => void response.status(401).end();
        };
      },
    });
    await red.admin().post("/withings-account/test").send({}).expect(401);
    await red.admin().post("/withings-account/users").send({}).expect(401);
    await red.admin().get("/withings-account/callback/account").expect(401);
    await red.admin().post("/withings-weigh-in/repeat/w").expect(401);
    expect(asked).toEqual(["withings-account.write", "withings-weigh-in.write"]);
  });

  test.each<[string, FlowNode]>([
    ["the account runs", accountNodeAt("account")],
    ["another account runs", accountNodeAt("other")],
    ["nothing runs yet", { id: "note", type: "comment", z: "tab" }],
  ])("Test takes a variable of the global environment, as a deploy would, while %s", async (_when, deployed) => {
    const world = await startWorld();
    const env = [
      { name: "ADAS_KEY", value: world.ada.publicKey, type: "str" },
      { name: "ADAS_ID", value: String(world.ada.userId), type: "str" },
    ];
    const red = await runFlow([{ id: "global", type: "global-config", env } as never, deployed], {
      credentials: { [deployed.id]: { userid: "1", publickey: "x" } },
    });
    const form = { id: "account", generation: "wbs", baseurl: world.sim.url };
    const tested = await red
      .admin()
      .post("/withings-account/test")
      .send({ ...form, userid: `\${ADAS_ID}`, publickey: "$(ADAS_KEY)" });
    expect(tested.body).toMatchObject({ ok: true, user: { first_name: "Ada" } });
  });

  test("tests with its saved key only the server that it was deployed for", async () => {
    const world = await startWorld();
    const red = await runFlow([accountNode(world)], { credentials: credentialsOf(world) });
    const form = { id: "account", generation: "wbs", userid: String(world.ada.userId), publickey: "__PWRD__" };
    const test = (baseurl: string) =>
      red
        .admin()
        .post("/withings-account/test")
        .send({ ...form, baseurl });
    expect((await test(world.sim.url)).body).toMatchObject({ ok: true, user: { first_name: "Ada" } });
    expect((await test("http://127.0.0.1:9/")).body).toMatchObject({ problem: { code: "key_of_other_server" } });
  });
});

function accountNodeAt(id: string): FlowNode {
  return { id, type: "withings-account", version: 1, generation: "wbs", baseurl: "http://127.0.0.1:9/" };
}

/** Everything that was written there. */
async function filesBelow(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8")))).join("\n");
}
