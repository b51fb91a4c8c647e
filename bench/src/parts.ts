import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "@weighbridge/testing/parts";
import mqtt, { type MqttClient } from "mqtt";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ROLES = { load: file("roles/load.ts"), broker: file("roles/broker.ts"), floor: file("roles/floor.mjs") };
const BRIDGE = file("../../packages/mqtt-bridge/bin/weighbridge.js");

/** For a profile: `BENCH_BRIDGE_OPTIONS="--cpu-prof --cpu-prof-dir=DIR" pnpm bench callback-p50`. */
const BRIDGE_OPTIONS = process.env["BENCH_BRIDGE_OPTIONS"]?.split(" ") ?? [];

/** A message that does not come by then does not come. */
const PATIENCE_MS = 60_000;

/** Measures the compiled bridge, which is what ships. */
export function buildBridge(): void {
  const { status } = spawnSync(process.execPath, [file("../../packages/mqtt-bridge/scripts/bundle.ts")], {
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error("the bridge could not be built");
}

/** Child processes and their files; disposing it ends them all. */
export class Stage implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), "weighbridge-bench-"));
  readonly #children = new Set<ChildProcess>();
  #serial = 0;

  /** Mosquitto with the settings that the bridge asks for where it is installed, else aedes, which knows MQTT 3.1.1 alone. */
  async broker(): Promise<BenchBroker> {
    const port = await freePort();
    const version = spawnSync("mosquitto", ["-h"], { encoding: "utf8" }).stdout?.match(/mosquitto version \S+/)?.[0];
    if (version) {
      const config = join(this.dir, "mosquitto.conf");
      writeFileSync(config, mosquittoConfig(port, this.dir));
      this.#keep(spawn("mosquitto", ["-c", config], { stdio: "ignore" }));
    } else this.#node([ROLES.broker, String(port)]);
    await listening(port);
    return { url: `mqtt://127.0.0.1:${port}`, name: version ?? "aedes", protocolVersion: version ? 5 : 4 };
  }

  load({ url, protocolVersion }: BenchBroker): ChildProcess {
    return this.#node([ROLES.load, url, String(protocolVersion)]);
  }

  async floor({ broker, apiUrl, baseTopic, people }: SubjectOptions): Promise<Launch> {
    return () =>
      this.#node([ROLES.floor, broker.url, String(broker.protocolVersion), apiUrl, baseTopic, String(people)]);
  }

  /** The built bridge, with its default timing; its people have the user ids 1 to `people` and the slugs p1 to p<people>. */
  async bridge({ broker, apiUrl, baseTopic, people, generation = "wbs" }: SubjectOptions): Promise<Launch> {
    const port = await freePort();
    const dir = join(this.dir, `bridge-${this.#serial++}`);
    const config = `${dir}.yaml`;
    const settings = {
      state_dir: dir,
      ...(generation === "wbs" ? { api: { base_url: apiUrl, ...UNLIMITED } } : { accounts: [accountAt(apiUrl)] }),
      mqtt: { url: broker.url, base_topic: baseTopic },
      callback: { public_url: `http://127.0.0.1:${port}`, host: "127.0.0.1", port, per_minute: 1_000_000 },
      admin: { port: 0 },
      log: { level: "warn" },
      people: Array.from({ length: people }, (_, i) => ({
        slug: `p${i + 1}`,
        name: `Person ${i + 1}`,
        ...(generation === "wbs" && { userid: i + 1, publickey: "key" }),
      })),
    };
    if (generation === "public") writeGrants(join(dir, "grants"), people);
    writeFileSync(config, JSON.stringify(settings)); // JSON is YAML
    return () => this.#node([...BRIDGE_OPTIONS, BRIDGE, "run", "--config", config]);
  }

  async stop(child: ChildProcess): Promise<void> {
    this.#children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill();
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.stop(child)));
    rmSync(this.dir, { recursive: true, force: true });
  }

  #node(args: readonly string[]): ChildProcess {
    return this.#keep(spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] }));
  }

  #keep(child: ChildProcess): ChildProcess {
    this.#children.add(child);
    return child;
  }
}

export interface BenchBroker {
  readonly url: string;
  /** With its version where it says one. */
  readonly name: string;
  /** 5, or 4 for MQTT 3.1.1: what clients of the benchmark speak. */
  readonly protocolVersion: 4 | 5;
}

/** Starts what was prepared. */
export type Launch = () => ChildProcess;

export interface SubjectOptions {
  readonly broker: BenchBroker;
  readonly apiUrl: string;
  readonly baseTopic: string;
  readonly people: number;
  /** @default "wbs" */
  readonly generation?: "wbs" | "public";
}

const UNLIMITED = { calls_per_minute: 1_000_000 };

const accountAt = (baseUrl: string) => ({
  ...{ id: "bench", generation: "public", base_url: baseUrl, client_id: "client", client_secret: "secret" },
  ...UNLIMITED,
});

/** Consents whose access token names the person, and outlives every benchmark. */
function writeGrants(directory: string, people: number): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const now = Math.floor(Date.now() / 1000);
  for (let id = 1; id <= people; id++) {
    const tokens = { accessToken: `${id}`, accessEndsAt: now + 86_400, refreshToken: "r", refreshIssuedAt: now };
    const grant = { version: 1, userId: `${id}`, clientId: "client", ...tokens, scope: "user.metrics", revision: 1 };
    writeFileSync(join(directory, `p${id}.json`), JSON.stringify(grant), { mode: 0o600 });
  }
}

/** The next message of a child; fails when it ends first. */
export async function message<T>(child: ChildProcess): Promise<T> {
  const [value] = await whileAlive(child, (signal) => once(child, "message", { signal }));
  return value as T;
}

/** Waits for what a child brings about; fails when it ends first or takes too long. */
export async function whileAlive<T>(child: ChildProcess, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const done = new AbortController();
  const { signal } = done;
  const fail = (how: string) => {
    throw new Error(`${child.spawnargs.slice(1).join(" ")} ${how}`);
  };
  const ended = once(child, "exit", { signal }).then(([code]) => fail(`ended with ${code}`));
  const late = sleep(PATIENCE_MS, undefined, { signal }).then(() => fail(`took more than ${PATIENCE_MS} ms`));
  try {
    return await Promise.race([work(signal), ended, late]);
  } finally {
    for (const loser of [ended, late]) loser.catch(() => {});
    done.abort();
  }
}

/** Sees what processes say on the broker. */
export class Watcher implements AsyncDisposable {
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
  }

  static async on({ url, protocolVersion }: BenchBroker): Promise<Watcher> {
    return new Watcher(await mqtt.connectAsync(url, { protocolVersion }));
  }

  /** Subscribes; `online` then gives the moment (performance.now) at which `<baseTopic>/bridge/state` says it. */
  async expectOnline(baseTopic: string): Promise<{ readonly online: Promise<number> }> {
    const topic = `${baseTopic}/bridge/state`;
    const online = new Promise<number>((resolve) => {
      const see = (on: string, payload: Buffer) => {
        if (on !== topic || payload.toString() !== "online") return;
        this.#client.off("message", see);
        resolve(performance.now());
      };
      this.#client.on("message", see);
    });
    await this.#client.subscribeAsync(topic, { qos: 0 });
    return { online };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
  }
}

/** Resident memory of a process, MB. */
export function residentMb(child: ChildProcess): number {
  const kb = readFileSync(`/proc/${child.pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB/m)?.[1];
  if (kb === undefined) throw new Error(`process ${child.pid} has no VmRSS`);
  return Number(kb) / 1024;
}

/** Processor time that a process and its threads have spent, milliseconds. */
export function cpuMs({ pid }: ChildProcess): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const spent = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]));
  return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

const mosquittoConfig = (port: number, dir: string) => `listener ${port} 127.0.0.1
allow_anonymous true
user ${userInfo().username}
persistence true
persistence_location ${dir}/
max_inflight_messages 1000
max_queued_messages 0
set_tcp_nodelay true
log_dest none
`;

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (isUp) return;
    await sleep(20);
  }
  throw new Error("the broker does not listen");
}
