import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, until } from "@weighbridge/testing/parts";
import { HomeAssistantSocket } from "./home-assistant-socket.ts";

const ROOT = process.env["HOME_ASSISTANT_ROOT"] ?? "/opt/home-assistant";
/** Address that a browser would come from; Home Assistant wants to know it and never calls it. */
const CLIENT_ID = "http://127.0.0.1/";
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 20_000;

export const isHomeAssistantInstalled = existsSync(join(ROOT, ".installed"));
export const LOGIN = { username: "test", password: "test-password" } as const;

export interface HomeAssistantOptions {
  readonly broker: {
    readonly port: number;
    readonly username?: string;
    readonly password?: string;
    /** @default "5" */
    readonly protocol?: "5" | "3.1.1";
  };
  readonly unitSystem?: "metric" | "us_customary";
  readonly automations?: readonly object[];
  /** Counters by name, for automations to count with: they outlive a restart. */
  readonly counters?: readonly string[];
  /** Further sections of configuration.yaml. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** Copied into the folder of the configuration: a path there, and where it comes from. */
  readonly files?: Readonly<Record<string, string | URL>>;
}

export interface EntityState {
  readonly entity_id: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface RegisteredEntity {
  readonly entity_id: string;
  readonly unique_id: string;
  readonly platform: string;
  readonly device_id: string | null;
  readonly disabled_by: string | null;
}

export interface RegisteredDevice {
  readonly id: string;
  readonly name: string;
  readonly manufacturer: string | null;
  readonly via_device_id: string | null;
  readonly identifiers: readonly (readonly [string, string])[];
}

/** A real Home Assistant, onboarded, whose MQTT integration is connected to a broker. */
export class HomeAssistant {
  readonly url: string;
  /** Everything that it wrote: warnings and errors, and what the MQTT integration tells. */
  log = "";
  readonly #folder: string;
  #process: ChildProcess | undefined;
  #token = "";
  #socket: HomeAssistantSocket | undefined;

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Resolves when its API answers. */
  async start(): Promise<void> {
    const inside = this.#folder.slice(ROOT.length);
    const child = spawn("chroot", [ROOT, "/srv/ha/bin/hass", "-c", inside, "--skip-pip"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    this.#process = child;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`Home Assistant ended while it started:\n${this.log}`);
      return this.#isUp().catch(() => false);
    }, START_LIMIT_MS);
    if (this.#token !== "") await this.#openSocket();
  }

  /** As the first user who opens it in a browser. */
  async onboard({ port, ...login }: HomeAssistantOptions["broker"]): Promise<void> {
    this.#token = await this.#makeUser();
    for (const step of ["core_config", "analytics"]) await this.post(`/api/onboarding/${step}`);
    await this.post("/api/onboarding/integration", { client_id: CLIENT_ID, redirect_uri: CLIENT_ID });
    const flows = "/api/config/config_entries/flow";
    const { flow_id: flow } = await this.post<{ flow_id: string }>(flows, { handler: "mqtt" });
    const encryption = { set_client_cert: false, set_ca_cert: "off" };
    const entry = await this.post<{ type: string }>(`${flows}/${flow}`, {
      broker: "127.0.0.1",
      port,
      ...login,
      other_settings: encryption,
    });
    if (entry.type !== "create_entry") throw new Error(`MQTT was not set up: ${JSON.stringify(entry)}`);
    await this.#openSocket();
  }

  /** A clean stop: it saves what it knows and says goodbye to the broker. */
  async stop(): Promise<void> {
    this.#socket?.close();
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    const isLate = await Promise.race([gone.then(() => false), sleep(STOP_LIMIT_MS, true, { ref: false })]);
    if (isLate) child.kill("SIGKILL");
    await gone;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get<T>(path: string): Promise<T> {
    return this.#call("GET", path);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.#call("POST", path, body);
  }

  /** Undefined where there is no such entity. */
  async state(entityId: string): Promise<EntityState | undefined> {
    const states = await this.get<EntityState[]>("/api/states");
    return states.find(({ entity_id }) => entity_id === entityId);
  }

  /** Resolves with the entity's state once it is `wanted`. */
  async shows(entityId: string, wanted: string): Promise<EntityState> {
    let last: EntityState | undefined;
    try {
      return await until(async () => {
        last = await this.state(entityId);
        return last?.state === wanted && last;
      });
    } catch (cause) {
      throw new Error(`${entityId} never became ${wanted}; it is ${last?.state ?? "not there"}`, { cause });
    }
  }

  entities(): Promise<RegisteredEntity[]> {
    return this.command({ type: "config/entity_registry/list" });
  }

  devices(): Promise<RegisteredDevice[]> {
    return this.command({ type: "config/device_registry/list" });
  }

  command<T>(message: object): Promise<T> {
    if (this.#socket === undefined) throw new Error("Home Assistant was not started");
    return this.#socket.command(message);
  }

  /** Renders a template, as an automation would. */
  template(template: string): Promise<string> {
    return this.post("/api/template", { template });
  }

  get token(): string {
    return this.#token;
  }

  /** Log lines in which the MQTT integration objects. */
  complaints(): string[] {
    return this.log.split("\n").filter((line) => /(WARNING|ERROR).*mqtt/i.test(line));
  }

  /** Before there is a user only the onboarding answers, and after that never again. */
  async #isUp(): Promise<boolean> {
    if (this.#token === "") return (await fetch(`${this.url}/api/onboarding`)).ok;
    return (await this.get<{ state: string }>("/api/config")).state === "RUNNING";
  }

  async #openSocket(): Promise<void> {
    this.#socket = await HomeAssistantSocket.open(this.url, this.#token);
  }

  async #makeUser(): Promise<string> {
    const created = await fetch(`${this.url}/api/onboarding/users`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_id: CLIENT_ID, name: "Test", language: "en", ...LOGIN }),
    });
    const { auth_code: code } = (await created.json()) as { auth_code: string };
    const form = new URLSearchParams({ grant_type: "authorization_code", code, client_id: CLIENT_ID });
    const granted = await fetch(`${this.url}/auth/token`, { method: "POST", body: form });
    return ((await granted.json()) as { access_token: string }).access_token;
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (/^[[{]/.test(text) ? JSON.parse(text) : text) as T;
  }
}

export async function startHomeAssistant(options: HomeAssistantOptions): Promise<HomeAssistant> {
  const folder = await mkdtemp(join(ROOT, "srv/home-"));
  const port = await freePort();
  // JSON is YAML.
  await writeFile(join(folder, "automations.yaml"), JSON.stringify(options.automations ?? []));
  await writeFile(join(folder, "configuration.yaml"), configuration(port, options));
  for (const [path, from] of Object.entries(options.files ?? {}))
    await cp(from, join(folder, path), { recursive: true });
  const home = new HomeAssistant(folder, port);
  try {
    await home.start();
    await home.onboard(options.broker);
    return home;
  } catch (error) {
    await home.remove();
    throw error;
  }
}

/** No `default_config`: it would look for devices around, and for updates on the internet. */
function configuration(
  port: number,
  { unitSystem = "metric", counters = [], sections = {} }: HomeAssistantOptions,
): string {
  const parts = {
    homeassistant: {
      name: "Home",
      latitude: 52.37,
      longitude: 4.89,
      elevation: 0,
      unit_system: unitSystem,
      time_zone: "Europe/Amsterdam",
      currency: "EUR",
      country: "NL",
    },
    http: { server_host: "127.0.0.1", server_port: port },
    api: {},
    config: {},
    frontend: {},
    history: {},
    logbook: {},
    recorder: { commit_interval: 1 },
    counter: Object.fromEntries(counters.map((name) => [name, { restore: true }])),
    ...sections,
    logger: { default: "warning", logs: { "homeassistant.components.mqtt": "info" } },
  };
  return `${JSON.stringify(parts).slice(0, -1)}, "automation": !include automations.yaml}\n`;
}
