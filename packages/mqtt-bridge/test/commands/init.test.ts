import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSimulator } from "@weighbridge/simulator";
import { freePort, startBroker, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { loadRunnableConfig } from "../../src/config/load.ts";
import { weighbridge } from "../support/weighbridge.ts";

// Each test starts a Node or two.
vi.setConfig({ testTimeout: 60_000 });

const SECRET = "s3cr3t-of-ours";

async function house() {
  const sim = await startSimulator();
  onTestFinished(() => sim.stop());
  const redirectUrl = "http://localhost:8643/callback";
  sim.application({ clientId: "client", clientSecret: SECRET, redirectUrls: [redirectUrl] });
  const folder = stateDir();
  const secretFile = join(folder, "withings.txt");
  writeFileSync(secretFile, `${SECRET}\n`, { mode: 0o600 });
  const api = ["--base-url", sim.url, "--authorize-url", `${sim.url}oauth2_user/authorize2`];
  const client = ["--client-id", "client", "--client-secret-file", secretFile];
  return { sim, folder, api, client, broker: await startBroker(), file: join(folder, "weighbridge.yaml") };
}

test("init --yes tries everything, writes what run can read, for its owner alone, and says what comes next", async () => {
  const { folder, api, client, broker, file } = await house();
  const args = [
    "init",
    "--yes",
    "--person",
    "Ada",
    "--person",
    "bob=Robert",
    ...api,
    ...client,
    "--broker",
    broker.url,
  ];
  const { code, out, err } = await weighbridge([...args, "--json"], { cwd: folder }).ended();
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const { checks, next } = JSON.parse(out);
  expect(checks).toMatchObject([
    { subject: "api", ok: true },
    { subject: "broker", ok: true },
    { subject: "callback", ok: true },
  ]);
  expect(next).toEqual(["weighbridge authorize --person ada", "weighbridge authorize --person bob", "weighbridge run"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(loadRunnableConfig({ file })).toMatchObject({
    accounts: [{ client_id: "client", client_secret: SECRET }],
    people: [
      { slug: "ada", name: "Ada" },
      { slug: "bob", name: "Robert" },
    ],
  });
  const text = readFileSync(file, "utf8");
  expect(text).not.toContain(SECRET);
  // Nothing is replaced unasked.
  const again = await weighbridge(args, { cwd: folder }).ended();
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining("there already") });
  expect(readFileSync(file, "utf8")).toBe(text);
  expect(await weighbridge([...args, "--unit", "lb", "--force"], { cwd: folder }).ended()).toMatchObject({ code: 0 });
  expect(readFileSync(file, "utf8")).toContain("weight_unit: lb");
});

test("init --yes ends with 1 where broker or API do not answer as they should, each with its remedy, and writes all the same", async () => {
  const { folder, api, file } = await house();
  writeFileSync(join(folder, "wrong.txt"), "another\n");
  const wrong = ["--client-id", "client", "--client-secret-file", "wrong.txt"];
  const broker = `mqtt://127.0.0.1:${await freePort()}`;
  const args = ["init", "--yes", "--person", "Ada", ...api, ...wrong, "--broker", broker];
  const { code, out } = await weighbridge(args, { cwd: folder }).ended();
  expect(code).toBe(1);
  expect(out).toContain("✗ broker: No broker answers at mqtt.url");
  expect(out).toContain("Copy ClientID and Secret");
  expect(out).not.toContain("another");
  expect(existsSync(file)).toBe(true);
});

test("init --yes calls the public URL, which must lead to the port of the bridge", async () => {
  const { sim, folder, broker } = await house();
  const ada = sim.person("Ada");
  writeFileSync(join(folder, "ada.key"), ada.publicKey);
  const port = String(await freePort());
  const run = (publicUrl: string, ...more: string[]) =>
    weighbridge(
      [
        ...["init", "--yes", "--generation", "wbs", "--base-url", sim.url, "--person", "Ada"],
        ...["--userid", String(ada.userId), "--publickey-file", "ada.key", "--broker", broker.url],
        ...["--port", port, "--public-url", publicUrl, ...more],
      ],
      { cwd: folder },
    ).ended();
  const good = await run(`http://127.0.0.1:${port}/withings`);
  expect(good).toMatchObject({ code: 0, out: expect.stringContaining("leads here") });
  const elsewhere = await run(`${sim.url}x`, "--force");
  expect(elsewhere).toMatchObject({ code: 1, out: expect.stringContaining(`Lead it to port ${port}`) });
});

test("without a terminal, or with too little, init says which options it needs", async () => {
  const { folder } = await house();
  const mute = await weighbridge(["init"], { cwd: folder }).ended();
  expect(mute).toMatchObject({ code: 2, err: expect.stringContaining("--yes") });
  const little = await weighbridge(["init", "--yes", "--person", "Ada"], { cwd: folder }).ended();
  expect(little.code).toBe(2);
  for (const option of ["--broker <url>", "--client-id <id>", "--client-secret-file <file>"])
    expect(little.err).toContain(option);
});

/** The command on a pseudo-terminal, and somebody who types. */
function typing(args: readonly string[], cwd: string) {
  const cli = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
  const command = [process.execPath, "--conditions=@weighbridge/source", cli, ...args]
    .map((one) => `'${one}'`)
    .join(" ");
  const child = spawn("script", ["-qefc", `stty cols 120 rows 40; ${command}`, "/dev/null"], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", TERM: "xterm" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let unseen = "";
  let seen = "";
  child.stdout.on("data", (chunk) => {
    unseen += chunk;
    seen += chunk;
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  return {
    all: () => seen,
    /** Waits for the words, then types. */
    async on(words: string, keys = "") {
      await expect.poll(() => unseen, { timeout: 20_000 }).toContain(words);
      unseen = unseen.slice(unseen.indexOf(words) + words.length);
      if (keys !== "") child.stdin.write(keys);
    },
    ended: async () => (await closed)[0],
  };
}

test("init asks, tries, asks again, writes, leads through the consent, and sees a live weigh-in", async () => {
  const { sim, folder, broker, file } = await house();
  const ada = sim.person("Ada");
  const redirectUrl = `http://localhost:${await freePort()}/callback`;
  sim.application({
    clientId: "own",
    clientSecret: SECRET,
    redirectUrls: [redirectUrl],
  });
  const api = ["--base-url", sim.url, "--authorize-url", `${sim.url}oauth2_user/authorize2`];
  const run = typing(["init", "--no-browser", "--redirect-url", redirectUrl, ...api], folder);
  await run.on("Which API", "\r");
  await run.on("A first name", "Ada\r");
  await run.on("in topics and entity ids", "\r");
  await run.on("The unit of", "\r");
  await run.on("somebody else", "n");
  await run.on("withings-account.md");
  await run.on("ClientID", "own\r");
  await run.on("Secret (not shown)", "wrong\r");
  await run.on("What now?", "\r");
  await run.on("ClientID", "\r");
  await run.on("Secret (not shown)", `${SECRET}\r`);
  await run.on("MQTT broker", `\u0015${broker.url}\r`);
  await run.on("user name", "\r");
  await run.on("hear of a weigh-in", "\r");
  await run.on("Ask for the consent now", "y");
  await run.on("The browser comes back");
  const link = /http\S+response_type=code\S+/.exec(run.all())?.[0] as string;
  const body = new URLSearchParams({ userid: String(ada.userId), decision: "allow" });
  const back = (await fetch(link, { method: "POST", body, redirect: "manual" })).headers.get("location") as string;
  await fetch(back);
  await run.on("is authorized");
  await run.on("Wait for a weigh-in", "y");
  await run.on("Ctrl-C goes on without");
  // The first look at what was there before.
  await expect
    .poll(() => sim.log.filter((entry) => entry.kind === "call" && entry.action === "getmeas").length)
    .toBeGreaterThan(1);
  ada.weighsIn({ weight: 68.2 });
  await run.on("Ada: 68.2 kg");
  await run.on("Next: weighbridge run");
  expect(await run.ended()).toBe(0);
  expect(run.all()).not.toContain(SECRET);
  expect(loadRunnableConfig({ file })).toMatchObject({ people: [{ slug: "ada" }], mqtt: { url: broker.url } });
  expect(statSync(join(folder, "secrets/withings.secret")).mode & 0o777).toBe(0o600);
});

test("Ctrl-C at a question ends init with 1, and nothing is written", async () => {
  const { folder, file } = await house();
  const run = typing(["init"], folder);
  await run.on("Which API", "\u0003");
  expect(await run.ended()).toBe(1);
  expect(existsSync(file)).toBe(false);
});
