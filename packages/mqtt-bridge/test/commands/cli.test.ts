import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startSimulator } from "@weighbridge/simulator";
import { freePort, startBroker, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "../support/open-store.ts";
import { weighbridge } from "../support/weighbridge.ts";

// Each test starts a Node or two.
vi.setConfig({ testTimeout: 30_000 });

/** Whom the bridge watches at an API that does not answer. */
const SOMEBODY = {
  WEIGHBRIDGE_PEOPLE: JSON.stringify([{ slug: "ada", name: "Ada", userid: 29, publickey: "key" }]),
  WEIGHBRIDGE_API__BASE_URL: "http://127.0.0.1:9/",
};

/** `weighbridge run` with settings from the environment. */
const runWith = (env: Readonly<Record<string, string>>) => weighbridge(["run"], { env });

function configFile(text: string): string {
  const file = join(stateDir(), "weighbridge.yaml");
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

test("--help says what there is, --version which version it is", async () => {
  const help = await weighbridge(["--help"]).ended();
  const listed = help.out.split("\n").filter((line) => /^ {2}[a-z]/.test(line));
  expect(listed.filter((line) => !/^ {2}[a-z-]+( <[a-z-]+>)? {2,}[A-Z]/.test(line))).toEqual([]);
  expect(help).toMatchObject({ code: 0, err: "" });
  for (const words of ["run ", "config ", "authorize ", "--config <file>", "WEIGHBRIDGE_MQTT__URL", "Exit codes"])
    expect(help.out).toContain(words);
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await weighbridge(["--version"]).ended()).toEqual({ code: 0, out: `${version}\n`, err: "" });
});

test.each([
  [["rnu"], "unknown command 'rnu'", "Set up:"],
  [["rnu"], "Did you mean run?", "Set up:"],
  [[], "Usage: weighbridge <command>", "Set up:"],
  [["run", "--confg", "x"], "Did you mean --config?", "weighbridge run --config weighbridge.yaml"],
  [["config"], "Usage: weighbridge config <command>", "check"],
  [["config", "show"], "unknown command 'show'", "check"],
  [["completion", "tcsh"], "Allowed choices are bash, zsh, fish", "Examples:"],
])("%j is told on standard error with the help, and ends with 2", async (args, words, help) => {
  const { code, out, err } = await weighbridge(args).ended();
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(words);
  expect(err).toContain(help);
});

test("run with a file that is not there says so, and ends with 2", async () => {
  const { code, err } = await weighbridge(["run", "--config", "/nowhere/weighbridge.yaml"]).ended();
  expect(code).toBe(2);
  expect(err).toContain("/nowhere/weighbridge.yaml cannot be read: there is no such file");
  expect(err).toContain("--config <file>");
});

test("run with a wrong configuration names the key, the line and the remedy, and ends with 2", async () => {
  const file = configFile("mqtt:\n  url: http://broker\n  pasword: secret\n");
  const { code, err } = await weighbridge(["run", "-c", file]).ended();
  expect(code).toBe(2);
  expect(err).toContain("mqtt.url (line 2): must be a URL that starts with mqtt://");
  expect(err).toContain("mqtt.pasword (line 3): there is no such key; did you mean password?");
  expect(err).not.toContain("secret");
});

test("run with a state directory that cannot be used ends with 1", async () => {
  const { code, err } = await runWith({ ...SOMEBODY, WEIGHBRIDGE_STATE_DIR: "/dev/null/state" }).ended();
  expect(code).toBe(1);
  expect(err).toContain("The state directory /dev/null/state cannot be used");
});

test("run on a port that is taken says which setting to change, and ends with 1", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { code, err } = await runWith({
    ...SOMEBODY,
    WEIGHBRIDGE_STATE_DIR: stateDir(),
    WEIGHBRIDGE_CALLBACK__PUBLIC_URL: "http://127.0.0.1:1",
    WEIGHBRIDGE_CALLBACK__HOST: "127.0.0.1",
    WEIGHBRIDGE_CALLBACK__PORT: String(port),
  }).ended();
  expect(code).toBe(1);
  expect(err).toContain("callback.port");
});

test("config check says whom it watches, and nothing secret", async () => {
  const file = configFile("people: [{ slug: ada, name: Ada, userid: 29, publickey: s3cr3t }]");
  expect(await weighbridge(["config", "check", "--config", file]).ended()).toEqual({
    code: 0,
    out: "The configuration can be used. It watches Ada.\n",
    err: "",
  });
});

test("config check warns of a key that every user may read", async () => {
  const file = configFile("people: [{ slug: ada, name: Ada, userid: 29, publickey: s3cr3t }]");
  chmodSync(file, 0o644);
  const { code, out } = await weighbridge(["config", "check", "--config", file]).ended();
  expect(code).toBe(0);
  expect(out).toContain(`Warning: ${file} holds people[0].publickey, and every user of this machine may read it`);
  expect(out).not.toContain("s3cr3t");
});

test("config schema prints a JSON Schema that knows every key, and secret files", async () => {
  const { code, out } = await weighbridge(["config", "schema"]).ended();
  expect(code).toBe(0);
  const schema = JSON.parse(out);
  expect(schema.properties.mqtt.properties).toMatchObject({ url: { type: "string" }, password_file: {} });
  expect(schema.properties.people.items.required).toEqual(["slug", "name"]);
  expect(schema.properties.people.items.properties).toMatchObject({ publickey: {}, publickey_file: {} });
  const [account] = schema.properties.accounts.items.oneOf;
  expect(account.required).toEqual(["id", "generation", "client_id"]);
  expect(account.anyOf).toEqual([{ required: ["client_secret"] }, { required: ["client_secret_file"] }]);
});

test("demo answers with the one command that runs it, and ends with 2", async () => {
  const err = "The demo is a package of its own. Run it with: npx @weighbridge/demo\n";
  for (const options of [[], ["--once", "--json"]])
    expect(await weighbridge(["demo", ...options]).ended()).toEqual({ code: 2, out: "", err });
});

test.each([["run"], ["config", "check"]])(
  "without a configuration %s %s says how to give one, and ends with 2",
  async (...args) => {
    const { code, err } = await weighbridge(args.filter(Boolean)).ended();
    expect(code).toBe(2);
    expect(err).toContain("no --config <file>, no WEIGHBRIDGE_PEOPLE");
  },
);

test("run ends at SIGTERM with 0, and says offline", async () => {
  const broker = await startBroker();
  const subscriber = await broker.subscribe("weighbridge/bridge/state");
  const port = await freePort();
  const run = runWith({
    ...SOMEBODY,
    WEIGHBRIDGE_STATE_DIR: stateDir(),
    WEIGHBRIDGE_MQTT__URL: broker.url,
    WEIGHBRIDGE_CALLBACK__PORT: String(port),
  });
  await subscriber.until(() => subscriber.on("weighbridge/bridge/state").includes("online"));
  run.child.kill("SIGTERM");
  const { code, out } = await run.ended();
  expect(code).toBe(0);
  expect(out).toContain("Stopped");
  await subscriber.until(() => subscriber.on("weighbridge/bridge/state").at(-1) === "offline");
});

test("run works on when the reader of its log goes away", async () => {
  const broker = await startBroker();
  const subscriber = await broker.subscribe("weighbridge/bridge/state");
  const states = () => subscriber.on("weighbridge/bridge/state");
  const run = runWith({
    ...SOMEBODY,
    WEIGHBRIDGE_LOG__LEVEL: "debug",
    WEIGHBRIDGE_STATE_DIR: stateDir(),
    WEIGHBRIDGE_MQTT__URL: broker.url,
    WEIGHBRIDGE_CALLBACK__PORT: String(await freePort()),
  });
  await run.says("Online");
  run.child.stdout?.destroy();
  run.child.stderr?.destroy();
  // Each lost connection and each way back is a line of the log.
  for (let times = 0; times < 2; times++) {
    subscriber.received.length = 0;
    broker.drop();
    await expect.poll(() => states().at(-1), { timeout: 20_000 }).toBe("online");
  }
  expect(run.child.exitCode).toBe(null);
  run.child.kill("SIGTERM");
  expect((await run.ended()).code).toBe(0);
});

test("run ends at SIGTERM also while no broker is there", async () => {
  const port = await freePort();
  const run = runWith({
    ...SOMEBODY,
    WEIGHBRIDGE_STATE_DIR: stateDir(),
    WEIGHBRIDGE_MQTT__URL: `mqtt://127.0.0.1:${port}`,
  });
  await run.says("No broker answers at mqtt.url");
  run.child.kill("SIGTERM");
  expect((await run.ended()).code).toBe(0);
});

test("run on a disk that refuses a write says what to do, and ends with 1", async () => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.stop());
  const ada = simulator.person("Ada");
  const directory = stateDir();
  await openStore(directory).store.close();
  const db = new DatabaseSync(join(directory, "weighbridge.sqlite"));
  // SQLite fails like this on a full disk; here each write of a subscription does.
  db.exec(
    "CREATE TRIGGER full BEFORE UPDATE OF subscription ON people BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
  );
  db.close();
  const port = String(await freePort());
  const { code, out, err } = await runWith({
    WEIGHBRIDGE_STATE_DIR: directory,
    WEIGHBRIDGE_MQTT__URL: `mqtt://127.0.0.1:${await freePort()}`,
    WEIGHBRIDGE_API__BASE_URL: simulator.url,
    WEIGHBRIDGE_CALLBACK__PUBLIC_URL: `http://127.0.0.1:${port}`,
    WEIGHBRIDGE_CALLBACK__HOST: "127.0.0.1",
    WEIGHBRIDGE_CALLBACK__PORT: port,
    WEIGHBRIDGE_PEOPLE: JSON.stringify([{ slug: "ada", name: "Ada", userid: ada.userId, publickey: ada.publicKey }]),
  }).ended();
  expect({ code, err }).toEqual({ code: 1, err: "" });
  const line = out.split("\n").find((text) => text.includes("The store failed; ending"));
  expect(line).toContain("database or disk is full");
  for (const words of ["free space", "start again", "nothing of it is lost"]) expect(line).toContain(words);
  expect(out).toContain("Stopped");
});

test("a second bridge on the same state directory ends with 1, and says which process has it", async () => {
  const directory = stateDir();
  const env = {
    ...SOMEBODY,
    WEIGHBRIDGE_STATE_DIR: directory,
    WEIGHBRIDGE_MQTT__URL: `mqtt://127.0.0.1:${await freePort()}`,
  };
  const first = runWith(env);
  await first.says("Started");
  const { code, err } = await runWith(env).ended();
  expect(code).toBe(1);
  expect(err).toContain(`Another bridge (process ${first.child.pid}) uses the state directory ${directory}`);
  expect(err).toContain("state_dir");
});
