import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "@weighbridge/simulator";
import { Broker, freePort, until } from "@weighbridge/testing/parts";
import { expect, onTestFinished, test } from "vitest";
import { newBridgeProcess } from "../src/bridge-process.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const shipped = (name: string) => readFileSync(new URL(`../../deploy/proxies/${name}`, import.meta.url), "utf8");

interface Ports {
  readonly outside: number;
  readonly bridge: number;
}

interface Proxy {
  readonly program: string;
  /** The shipped file for plain HTTP on a free port: certificates are the proxy's own affair. */
  file(ports: Ports, folder: string): string;
  args(file: string, folder: string): string[];
}

const PROXIES: readonly Proxy[] = [
  {
    program: "nginx",
    file: ({ outside, bridge }, folder) => {
      const server = shipped("nginx.conf")
        .replace("listen 443 ssl;", `listen 127.0.0.1:${outside};`)
        .replace(/ *ssl_certificate.*;\n/g, "")
        .replace("127.0.0.1:8480", `127.0.0.1:${bridge}`);
      const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      );
      return `daemon off; pid ${folder}/pid; events {}\nhttp { access_log off; ${paths.join(" ")}\n${server}}`;
    },
    args: (file, folder) => ["-p", folder, "-e", "stderr", "-c", file],
  },
  {
    program: "caddy",
    file: ({ outside, bridge }) =>
      shipped("Caddyfile")
        .replace("home.example.org {", `{\n\tadmin off\n}\n\nhttp://:${outside} {`)
        .replace("127.0.0.1:8480", `127.0.0.1:${bridge}`),
    args: (file) => ["run", "--adapter", "caddyfile", "--config", file],
  },
];

async function startProxy({ program, file, args }: Proxy, ports: Ports): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-proxy-"));
  const path = join(folder, "proxy.conf");
  writeFileSync(path, file(ports, folder));
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child: ChildProcess = spawn(program, args(path, folder), { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await until(() => child.exitCode !== null || child.signalCode !== null);
    rmSync(folder, { recursive: true, force: true });
  });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`${program} did not start: ${said}`);
    return fetch(`http://127.0.0.1:${ports.outside}/`).then(
      () => true,
      () => false,
    );
  });
}

/** A simulated API, a broker, and a real bridge that is called through the proxy only. */
async function behind(proxy: Proxy) {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.stop());
  const broker = await Broker.start();
  onTestFinished(() => broker.stop());
  const subscriber = await broker.subscribe("weighbridge/people/ada/weigh_in");
  const ports = { outside: await freePort(), bridge: await freePort() };
  await startProxy(proxy, ports);
  const ada = simulator.person("Ada");
  const bridge = await newBridgeProcess({
    api: { base_url: simulator.url },
    mqtt: { url: broker.url },
    callback: { public_url: `http://127.0.0.1:${ports.outside}/withings`, host: "127.0.0.1", port: ports.bridge },
    timing: { coalesce_s: 0 },
    admin: { enabled: false },
    people: [{ slug: "ada", name: "Ada", userid: ada.userId, publickey: ada.publicKey }],
  });
  onTestFinished(() => bridge.remove());
  bridge.start();
  const [subscription] = await until(() => ada.subscriptions.live.length > 0 && ada.subscriptions.live);
  return {
    ada,
    subscriber,
    outside: `http://127.0.0.1:${ports.outside}`,
    callbackUrl: subscription?.callbackUrl ?? "",
  };
}

for (const proxy of PROXIES)
  describeWith(proxy.program, isInstalled(proxy.program), () => {
    test("the API subscribes and calls through the shipped file, and the weigh-in arrives", async () => {
      const { ada, subscriber, outside, callbackUrl } = await behind(proxy);
      expect(callbackUrl).toMatch(new RegExp(`^${outside}/withings/[\\w-]{22}$`));
      ada.weighsIn({ weight: 68.45 });
      await subscriber.until(() => subscriber.received.some(({ payload }) => payload.includes("68.45")));
    });

    test("HEAD works, and nothing but the callback leads to the bridge", async () => {
      const { outside, callbackUrl } = await behind(proxy);
      const statusOf = async (url: string, init: RequestInit = {}) => (await fetch(url, init)).status;
      expect(await statusOf(callbackUrl, { method: "HEAD" })).toBe(200);
      expect(await statusOf(callbackUrl, { method: "POST", body: "userid=1" })).toBe(200);
      for (const path of [
        "/",
        "/withings/",
        "/healthz",
        "/api/status",
        `/withings/${"x".repeat(21)}`,
        `/withings/a/${"x".repeat(22)}`,
      ])
        expect(await statusOf(outside + path), path).toBe(404);
      // The proxy lets it through, and the bridge does not know it.
      expect(await statusOf(`${outside}/withings/${"x".repeat(22)}`)).toBe(404);
      expect([403, 404, 405]).toContain(await statusOf(callbackUrl, { method: "DELETE" }));
      // Caddy before 2.7 says 502.
      expect([413, 502]).toContain(await statusOf(callbackUrl, { method: "POST", body: "x".repeat(9_000) }));
    });
  });
