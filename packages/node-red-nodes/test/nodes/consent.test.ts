import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeMessage } from "node-red";
import { describe, expect, test, vi } from "vitest";
import { type FlowNode, nextMessage, statusesOf } from "../support/node-red.ts";
import { agree, formOf, grantFile, modeOf, publicWorld, redirectOf } from "../support/public.ts";

const WEIGH_IN: FlowNode = {
  id: "w",
  type: "withings-weigh-in",
  z: "tab",
  account: "account",
  version: 1,
  wires: [["out"]],
};
const OUT: FlowNode = { id: "out", type: "helper", z: "tab" };

describe("an account of today's API", () => {
  test("PUB-NODE-1: is authorized in the editor, and its flow runs without another deploy", async () => {
    const world = await publicWorld();
    const red = await world.run([WEIGH_IN, OUT]);
    const form = formOf(world, red);
    expect(await form.grant()).toEqual({ ok: true, is: "nobody" });
    const shown = statusesOf(red.node("w"));
    await vi.waitFor(() => expect(red.node("w")).toBeDefined());

    const { url, attempt } = await form.authorize();
    expect(await form.post("outcome", { attempt })).toEqual({ ok: true, is: "waiting" });
    expect(await agree(url, world.ada)).toContain("It worked");
    const userid = String(world.ada.userId);
    expect(await form.post("outcome", { attempt })).toMatchObject({ ok: true, is: "authorized", userid });
    expect(await form.grant()).toMatchObject({ is: "authorized", userid, scope: "user.info,user.metrics" });
    await vi.waitFor(() => expect(shown.at(-1)).toMatchObject({ text: "status.polling" }));

    world.ada.weighsIn({ weight: 68.45 });
    const message = nextMessage(red.node("out"));
    red.node("w").receive({ topic: "sync" });
    expect(await message).toMatchObject({ topic: "weigh_in", payload: { person: "Ada", userid, weight: 68.45 } });
  });

  test("PUB-NODE-1: keeps tokens in a file that only its owner reads, and in no flow and no answer", async () => {
    const world = await publicWorld();
    const red = await world.run();
    const form = formOf(world, red);
    const { url, attempt } = await form.authorize();
    await agree(url, world.ada);
    const path = grantFile(world.userDir);
    expect(await modeOf(path)).toBe("600");
    const { accessToken, refreshToken } = JSON.parse(await readFile(path, "utf8"));
    const told = JSON.stringify([await form.grant(), await form.post("outcome", { attempt })]);
    for (const secret of [accessToken, refreshToken]) expect(told).not.toContain(secret);
    // Node-RED knows the account's id and secret only.
    const credentials = JSON.stringify(red.RED.nodes.getCredentials("account"));
    expect(credentials).not.toContain(refreshToken);
  });

  test("PUB-NODE-1: takes a pasted address, names a wrong one, and each link works once", async () => {
    const world = await publicWorld();
    const red = await world.run();
    const form = formOf(world, red);
    const { url, attempt } = await form.authorize();
    const redeem = (address: string) => form.post("redeem", { attempt, address });
    expect(await redeem("")).toMatchObject({ is: "wrong_empty" });
    expect(await redeem(String(url))).toMatchObject({ is: "wrong_consent_page" });
    expect(await redeem("https://elsewhere.example/")).toMatchObject({ is: "wrong_no_code" });
    const address = await redirectOf(url, world.ada);
    expect(await redeem(`${address}0`)).toMatchObject({ is: "wrong_other_attempt" });
    expect(await redeem(address)).toMatchObject({ ok: true, is: "authorized" });
    expect(await redeem(address)).toMatchObject({ is: "wrong_other_attempt" });
    expect(await form.post("redeem", { attempt: "none", address })).toMatchObject({
      ok: false,
      problem: { code: "code_expired" },
    });
  });

  test("PUB-NODE-3: is not given to another person, until it is signed out", async () => {
    const world = await publicWorld();
    const bob = world.sim.person("Bob");
    const red = await world.run();
    const form = formOf(world, red);
    await agree(await form.link(), world.ada);
    const second = await form.authorize();
    expect(await agree(second["url"], bob)).toContain("did not work");
    const outcome = await form.post("outcome", { attempt: second["attempt"] });
    expect(outcome).toMatchObject({ is: "stranger_before", userid: String(bob.userId) });
    expect(new URL(String(outcome["first_open"])).pathname).toBe("/logout");
    expect(await form.grant()).toMatchObject({ userid: String(world.ada.userId) });

    expect(await form.signOut()).toEqual({ ok: true, is: "signedout" });
    expect(world.app.subscriptionsOf(world.ada)).toEqual([]);
    await agree(await form.link(), bob);
    expect(await form.grant()).toMatchObject({ is: "authorized", userid: String(bob.userId) });
  });

  test("says a wrong secret before anybody consents, and asks for a whole redirect URL", async () => {
    const world = await publicWorld();
    const form = formOf(world, await world.run());
    expect(await form.authorize({ clientsecret: "wrong" })).toMatchObject({ problem: { code: "wrong_client" } });
    expect(await form.authorize({ clientid: "" })).toMatchObject({ problem: { code: "account_incomplete" } });
    expect(await form.authorize({ redirecturl: "callback" })).toMatchObject({ problem: { code: "invalid_value" } });
    expect(await form.authorize({ baseurl: "https://elsewhere.example/" })).toMatchObject({
      problem: { code: "key_of_other_server" },
    });
  });

  test("its redirect answers nobody who waits for none, and every button needs the right to change accounts", async () => {
    const world = await publicWorld();
    const asked = new Set<string>();
    const red = await world.run([], {
      prepare: (RED) => {
        RED.auth.needsPermission = (permission) => {
          asked.add(permission);
          return (_request, response) => void response.status(401).end();
        };
      },
    });
    for (const action of ["authorize", "redeem", "outcome", "grant", "signout"])
      await red.admin().post(`/withings-account/${action}`).send(world.form).expect(401);
    expect([...asked]).toEqual(["withings-account.write", "withings-weigh-in.write"]);
    const answer = await fetch(`${world.redirecturl}?code=abc&state=x`);
    expect(await answer.text()).toContain("No account waits");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("without a consent fails its nodes with what to do, and Test says it in the form", async () => {
    const world = await publicWorld();
    const red = await world.run([
      { id: "u", type: "withings-user", z: "tab", account: "account", version: 1, wires: [["out"]] },
      OUT,
      { id: "errors", type: "catch", z: "tab", scope: null, wires: [["caught"]] },
      { id: "caught", type: "helper", z: "tab" },
    ]);
    const caught = nextMessage(red.node("caught"));
    red.node("u").receive({});
    expect((await caught).error).toMatchObject({
      code: "not_authorized",
      message: expect.stringContaining("Authorize"),
    });
    expect(await formOf(world, red).post("test", world.form)).toMatchObject({ problem: { code: "not_authorized" } });
  });

  test("reads devices and goals, and refuses what only the original API has", async () => {
    const world = await publicWorld();
    world.ada.setsTarget({ weight: 65 });
    const user = (action: string): FlowNode => ({
      ...{ id: `do-${action}`, type: "withings-user", z: "tab", account: "account", version: 1, wires: [["out"]] },
      ...{ action, actionType: "choice", email: "a", emailType: "str" },
    });
    const red = await world.run([
      ...["devices", "goals", "users", "sharing"].map(user),
      OUT,
      { id: "errors", type: "catch", z: "tab", scope: null, wires: [["caught"]] },
      { id: "caught", type: "helper", z: "tab" },
    ]);
    const form = formOf(world, red);
    await agree(await form.link(), world.ada);
    const ask = (id: string, end: string, msg: NodeMessage = {}) => {
      const answer = nextMessage(red.node(end));
      red.node(id).receive(msg);
      return answer;
    };
    expect((await ask("do-devices", "out")).payload).toMatchObject([{ kind: "Scale", battery: expect.any(String) }]);
    expect((await ask("do-goals", "out")).payload).toEqual({ target_weight: 65 });
    for (const action of ["users", "sharing"])
      expect((await ask(`do-${action}`, "caught", { password: "x", withings: { sharing: true } })).error).toMatchObject(
        {
          code: "wrong_generation",
        },
      );
  });

  test("subscribes one category alone where the node says so", async () => {
    const world = await publicWorld();
    const node: FlowNode = {
      ...{ id: "n", type: "withings-notify", z: "tab", account: "account", version: 1, wires: [["out"]] },
      ...{ action: "subscribe", actionType: "choice", callbackurl: `${world.httpNodes}/hook`, callbackurlType: "str" },
      ...{ category: "heart", categoryType: "choice" },
    };
    const hook: FlowNode = { id: "h", type: "helper", z: "tab" };
    const red = await world.run([node, OUT, hook], {
      prepare: (RED) => void RED.httpNode.all("/hook", (_request, response) => void response.status(200).end()),
    });
    await agree(await formOf(world, red).link(), world.ada);
    const answer = nextMessage(red.node("out"));
    red.node("n").receive({});
    expect((await answer).payload).toMatchObject({ callback_url: `${world.httpNodes}/hook` });
    expect(world.app.subscriptionsOf(world.ada).map(({ appli }) => appli)).toEqual([4]);
  });

  test("a stored consent that cannot be read is said with its file, and stays as it is", async () => {
    const world = await publicWorld();
    const red = await world.run();
    const form = formOf(world, red);
    await agree(await form.link(), world.ada);
    await writeFile(grantFile(world.userDir), "{ torn");
    expect(await form.grant()).toMatchObject({
      problem: { code: "token_file_unusable", message: expect.stringContaining(join("grants", "account.json")) },
    });
    expect(await form.authorize()).toMatchObject({ problem: { code: "token_file_unusable" } });
    expect(await readFile(grantFile(world.userDir), "utf8")).toBe("{ torn");
    // As the form's words say.
    expect(await form.signOut()).toEqual({ ok: true, is: "removed" });
    await agree(await form.link(), world.ada);
    expect(await form.grant()).toMatchObject({ is: "authorized" });
  });

  test("PUB-NODE-3: that is deleted keeps its consent, and goes on with it where it comes back", async () => {
    const world = await publicWorld();
    const red = await world.run();
    const form = formOf(world, red);
    await agree(await form.link(), world.ada);
    const before = await readFile(grantFile(world.userDir), "utf8");
    await red.deploy([], {});
    expect(await readFile(grantFile(world.userDir), "utf8")).toBe(before);
    expect(await form.grant()).toMatchObject({ is: "authorized" });
  });

  test("PUB-NODE-2: keeps renewed tokens over a deploy while the disk refuses them, and stores them when it takes them again", async () => {
    const world = await publicWorld();
    const red = await world.run();
    await agree(await formOf(world, red).link(), world.ada);
    const path = grantFile(world.userDir);
    const before = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...before, accessEndsAt: 1 }));
    // Refuses each write, also of root: the draft's place is taken.
    await mkdir(`${path}.draft`);
    world.app.hasQuirks({ rotatesStrictly: true });
    const renewals = () =>
      world.sim.log.filter((entry) => entry.kind === "call" && entry.parameters["grant_type"] === "refresh_token");
    const deploy = async () => {
      await red.deploy([world.account, WEIGH_IN, OUT], { account: world.credentials });
      const shown = statusesOf(red.node("w"));
      await vi.waitFor(() =>
        expect(shown.at(-1)).toMatchObject({ text: expect.stringContaining("tokens_not_stored") }),
      );
    };
    await deploy();
    await deploy();
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ refreshToken: before.refreshToken });
    await rmdir(`${path}.draft`);
    world.ada.weighsIn({ weight: 70 });
    const message = nextMessage(red.node("out"));
    red.node("w").receive({ topic: "sync" });
    expect(await message).toMatchObject({ payload: { weight: 70 } });
    expect(renewals()).toHaveLength(1);
    expect(JSON.parse(await readFile(path, "utf8")).refreshToken).not.toBe(before.refreshToken);
  });

  test("of a person who belongs to another account is refused by that account's name, and taken where it is meant so", async () => {
    const world = await publicWorld();
    const red = await world.run([{ ...world.account, id: "second", name: "Bob" }], {
      credentials: Object.fromEntries(["account", "second"].map((id) => [id, world.credentials])),
    });
    const form = formOf(world, red);
    await agree(await form.link(), world.ada);
    const mistaken = await form.authorize({ id: "second" });
    expect(await agree(mistaken["url"], world.ada)).toContain("did not work");
    const outcome = await form.post("outcome", { attempt: mistaken["attempt"] });
    expect(outcome).toMatchObject({ is: "stranger_other", other: "Ada", userid: String(world.ada.userId) });
    const meant = await form.authorize({ id: "second", repeat: true });
    expect(await agree(meant["url"], world.ada)).toContain("It worked");

    // The service ends both consents, and both accounts look at once.
    expect(await form.signOut()).toEqual({ ok: true, is: "signedout" });
    expect(world.app.subscriptionsOf(world.ada)).toEqual([]);
    expect(await form.grant()).toEqual({ ok: true, is: "nobody" });
  });

  test("of another application says so, and is deleted here only", async () => {
    const world = await publicWorld();
    const form = formOf(world, await world.run());
    await agree(await form.link(), world.ada);
    const other = { id: "account", clientid: "another" };
    expect(await form.post("grant", other)).toMatchObject({ is: "other_application" });
    expect(await form.post("signout", { ...world.form, clientid: "another" })).toEqual({ ok: true, is: "removed" });
    expect(await form.grant()).toEqual({ ok: true, is: "nobody" });
  });
});
