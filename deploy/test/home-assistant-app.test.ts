import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { configurationOf, missingOptions } from "../home-assistant-app/src/configuration.ts";
import { prepare } from "../home-assistant-app/src/prepare.ts";
import { ROOT, readDeploy } from "./files.ts";

const CLI = join(ROOT, "packages/mqtt-bridge/src/cli.ts");
const WEIGHBRIDGE = [process.execPath, "--conditions=@weighbridge/source", CLI] as const;
const OPTIONS = {
  client_id: "client",
  client_secret: "s3cr3t",
  people: [{ slug: "ada", name: "Ada", weight_unit: "lb" }],
  consents: [],
};
const SERVICE = { host: "core-mosquitto", port: 1883, ssl: false, username: "addons", password: "pa55" };
const GRANT = {
  version: 1,
  ...{ userId: "29", clientId: "client", accessToken: "a", refreshToken: "r", scope: "user.info,user.metrics" },
  ...{ accessEndsAt: 1_800_000_000, refreshIssuedAt: 1_790_000_000, revision: 1 },
};

async function supervisor(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The Supervisor as it answers where the broker runs; it knows the app by its token. */
const withBroker: RequestListener = ({ url, headers }, response) => {
  const isAllowed = url === "/services/mqtt" && headers.authorization === "Bearer t0ken";
  response.statusCode = isAllowed ? 200 : 403;
  response.end(JSON.stringify(isAllowed ? { result: "ok", data: SERVICE } : { result: "error", message: "forbidden" }));
};

async function app(options: object, listener: RequestListener = withBroker) {
  const dataDir = mkdtempSync(join(tmpdir(), "weighbridge-app-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const write = (next: object) => writeFileSync(join(dataDir, "options.json"), JSON.stringify(next));
  write(options);
  const supervisorUrl = await supervisor(listener);
  const printed: string[] = [];
  const start = () =>
    prepare({
      ...{ dataDir, supervisorUrl, supervisorToken: "t0ken", weighbridge: WEIGHBRIDGE },
      print: (text) => printed.push(text),
    });
  return { dataDir, printed, start, write };
}

const configuration = (file: string | undefined) => JSON.parse(readFileSync(file ?? "", "utf8"));

test("options and Home Assistant's broker become a configuration that the bridge takes", async () => {
  const { start, dataDir } = await app({
    ...OPTIONS,
    callback_url: "https://home.example.org/withings",
    log_level: "debug",
  });
  const file = await start();
  expect(configuration(file)).toMatchObject({
    state_dir: join(dataDir, "state"),
    mqtt: { url: "mqtt://core-mosquitto:1883", username: "addons", password: "pa55" },
    callback: { host: "0.0.0.0", port: 8480, public_url: "https://home.example.org/withings" },
    admin: { host: "0.0.0.0", port: 8481, ingress: true, token: expect.stringMatching(/^[\w-]{32}$/) },
  });
  const [command, ...args] = WEIGHBRIDGE;
  const checked = execFileSync(command, [...args, "config", "check", "--config", file ?? ""], { encoding: "utf8" });
  expect(checked).toBe("The configuration can be used. It watches Ada.\n");
});

test("the page's token stays the same, and files with secrets are for their owner alone", async () => {
  const { start, dataDir } = await app(OPTIONS);
  const first = configuration(await start()).admin.token;
  expect(configuration(await start()).admin.token).toBe(first);
  for (const name of ["weighbridge.json", "admin.token", "imported.json"])
    expect((statSync(join(dataDir, name)).mode & 0o777).toString(8)).toBe("600");
});

test("a consent is taken once: the bridge's own renewals outlive a restart of the app", async () => {
  const consents = [{ person: "ada", consent: JSON.stringify(GRANT) }];
  const { start, dataDir, printed } = await app({ ...OPTIONS, consents });
  await start();
  expect(printed).toEqual(["The consent of Ada (userid 29) is stored.\n"]);
  const stored = join(dataDir, "state/grants/ada.json");
  const renewed = JSON.stringify({ ...GRANT, refreshToken: "renewed" });
  writeFileSync(stored, renewed);
  await start();
  expect(printed).toHaveLength(1);
  expect(readFileSync(stored, "utf8")).toBe(renewed);
});

test("a consent that is none is named without its text, and tried again", async () => {
  const { start, printed, write } = await app({ ...OPTIONS, consents: [{ person: "ada", consent: "{torn s3cr3t" }] });
  expect(await start()).toBeDefined();
  expect(printed.join("")).toContain("The consent of ada was not taken");
  expect(printed.join("")).not.toContain("torn");
  write({ ...OPTIONS, consents: [{ person: "ada", consent: JSON.stringify(GRANT) }] });
  await start();
  expect(printed.join("")).toContain("is stored");
});

test("what is missing is said in the words of the configuration page, and nothing starts", async () => {
  const { start, printed } = await app({ client_id: "", client_secret: "", people: [] });
  expect(await start()).toBeUndefined();
  for (const key of ["client_id", "client_secret", "people"]) expect(printed.join("")).toContain(`- ${key} is empty`);
  expect(missingOptions(OPTIONS)).toEqual([]);
});

test.each([
  [
    "no broker",
    ((_, response) =>
      void response.writeHead(400).end('{"result":"error","message":"Service not enabled"}')) as RequestListener,
    "Mosquitto broker",
  ],
  ["no answer", (({ socket }) => void socket.destroy()) as RequestListener, "Supervisor did not answer"],
])("where the Supervisor has %s, the log says what to do", async (_, listener, words) => {
  const { start, printed } = await app(OPTIONS, listener);
  expect(await start()).toBeUndefined();
  expect(printed.join("")).toContain(words);
});

test("a broker with TLS, and one at an address of IPv6, have their URLs", () => {
  const url = (mqtt: object) =>
    configurationOf({ options: OPTIONS, mqtt: { ...SERVICE, ...mqtt }, stateDir: "/", adminToken: "t" });
  expect(url({ ssl: true, port: 8883 })).toMatchObject({ mqtt: { url: "mqtts://core-mosquitto:8883" } });
  expect(url({ host: "fd00::1" })).toMatchObject({ mqtt: { url: "mqtt://[fd00::1]:1883" } });
});

const config = parse(readDeploy("home-assistant-app/config.yaml"));

test("each language has words for each option and each port", () => {
  for (const language of ["en", "de", "fr"]) {
    const words = parse(readDeploy(`home-assistant-app/translations/${language}.yaml`));
    expect(Object.keys(words.configuration)).toEqual(Object.keys(config.schema));
    expect(Object.keys(words.network)).toEqual(Object.keys(config.ports));
    for (const { name, description } of Object.values(words.configuration as Record<string, Record<string, string>>))
      expect([name, description].every((text) => text && text.length > 1)).toBe(true);
  }
});

test("each option has a type that the Supervisor knows, and a default where it is required", () => {
  const type = /^(str(\(\d*,\d*\))?|password|url|int(\(\d*,\d*\))?|bool|email|port|match\(.+\)|list\([\w|]+\))\??$/;
  const check = (node: unknown): void => {
    if (typeof node === "string") expect(node).toMatch(type);
    else for (const inner of Object.values(node as object)) check(inner);
  };
  check(config.schema);
  const required = Object.entries(config.schema).filter(([, value]) => !String(value).endsWith("?"));
  expect(Object.keys(config.options)).toEqual(required.map(([key]) => key));
});

/** Keys of an app's configuration that the Supervisor knows, of those that an app like this may use. */
const KNOWN = [
  ...["name", "version", "slug", "description", "url", "image", "arch", "startup", "boot", "services", "watchdog"],
  ...["ingress", "ingress_port", "ingress_stream", "panel_icon", "panel_title", "backup", "ports", "options", "schema"],
];

test("the app's configuration has the required keys, and no unknown one", () => {
  expect(Object.keys(config).filter((key) => !KNOWN.includes(key))).toEqual([]);
  for (const key of ["name", "version", "slug", "description", "arch"]) expect(config[key]).toBeTruthy();
  expect(config.arch).toEqual(["aarch64", "amd64"]);
  expect(config.services).toEqual(["mqtt:need"]);
});

test("the app, its base image and the compose file have the version of the packages", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "packages/mqtt-bridge/package.json"), "utf8"));
  expect(config.version).toBe(version);
  expect(readDeploy("home-assistant-app/Dockerfile")).toContain(`ARG WEIGHBRIDGE_VERSION=${version}\n`);
  expect(readDeploy("compose.yaml")).toContain(`ghcr.io/weighbridge/weighbridge:${version}\n`);
  expect(readDeploy("home-assistant-app/CHANGELOG.md")).toContain(`\n## ${version}\n`);
});

test("the Supervisor, which takes each config.yaml or config.json for an app, finds one app and its repository", () => {
  const files = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  const found = files.filter((file) => /(^|\/)config\.(ya?ml|json)$/.test(file) && !/(^|\/)\./.test(file));
  expect(found).toEqual(["deploy/home-assistant-app/config.yaml"]);
  expect(parse(readFileSync(join(ROOT, "repository.yaml"), "utf8"))).toMatchObject({ name: "Weighbridge" });
});

test.each([
  ["icon.png", 128, 128],
  ["logo.png", 250, 100],
])("%s is a PNG of %i × %i", (name, width, height) => {
  const png = readFileSync(join(ROOT, "deploy/home-assistant-app", name));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width, height]);
});

test("run.sh is a shell script, and ends where nothing can start", () => {
  const script = readDeploy("home-assistant-app/run.sh");
  expect(spawnSync("sh", ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
  expect(script).toContain("set -eu");
});
