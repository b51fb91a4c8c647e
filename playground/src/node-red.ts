import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FlowNode } from "./examples.ts";

export interface NodeRedOptions {
  /** Folder of flows, credentials and packages. */
  readonly userDir: string;
  readonly port: number;
  /** Node-RED's `red.js`; the workspace's without it. */
  readonly redJs?: string;
  /** The Node that runs it; ours without it. */
  readonly node?: string;
  /** Folders of packages that are linked into the user directory. */
  readonly packages?: readonly string[];
  /** Over the quiet ones. */
  readonly settings?: object;
}

/** A node as it is deployed: secrets travel beside the settings and are taken out by Node-RED. */
export type SavedFlow = readonly (FlowNode & { readonly credentials?: object })[];

/** Asks nobody outside, shows no tours, installs nothing. */
const QUIET = {
  flowFile: "flows.json",
  credentialSecret: "playground",
  uiHost: "127.0.0.1",
  telemetry: { enabled: false, updateNotification: false },
  externalModules: {
    autoInstall: false,
    palette: { allowInstall: false, allowUpdate: false, allowUpload: false, catalogues: [] },
    modules: { allowInstall: false },
  },
  editorTheme: { tours: false },
  diagnostics: { enabled: true, ui: false },
  runtimeState: { enabled: true, ui: false },
};

const PATIENCE_MS = 60_000;
const LISTENS = /Server now running|headless mode/;
const STARTED = /Started flows|Waiting for missing types/;

const nodeRedOfWorkspace = (): string => createRequire(import.meta.url).resolve("node-red/red.js");

/** A real Node-RED in a process of its own. */
export class NodeRed {
  readonly url: string;
  readonly options: NodeRedOptions;
  #process: ChildProcess | undefined;
  #log = "";
  readonly #news = new EventEmitter().setMaxListeners(0);

  constructor(options: NodeRedOptions) {
    this.options = options;
    this.url = `http://127.0.0.1:${options.port}`;
  }

  /** Everything that it printed since it was made. */
  get log(): string {
    return this.#log;
  }

  get process(): ChildProcess | undefined {
    return this.#process;
  }

  /** Resolves when its flows run. */
  async start(): Promise<void> {
    const { redJs = nodeRedOfWorkspace(), node = process.execPath, userDir } = this.options;
    const from = this.#log.length;
    const child = spawn(node, [redJs, "--userDir", userDir, "--no-telemetry"], {
      cwd: userDir,
      env: { PATH: process.env["PATH"], HOME: userDir, NODE_RED_DISABLE_TELEMETRY: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const hear = (chunk: Buffer) => {
      this.#log += chunk;
      this.#news.emit("news");
    };
    for (const stream of [child.stdout, child.stderr]) stream.on("data", hear);
    child.once("close", () => this.#news.emit("news"));
    await this.hears(STARTED, from);
    // It listens after its flows run.
    await this.hears(LISTENS, from);
  }

  /** Waits until it prints what is looked for, from a place in its log on; at once, so that a benchmark can take the time. */
  async hears(pattern: RegExp, from = 0): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    while (!pattern.test(this.#log.slice(from))) {
      const child = this.#process;
      const hasEnded = child === undefined || child.exitCode !== null || child.signalCode !== null;
      if (hasEnded || late.aborted)
        throw new Error(`Node-RED ${hasEnded ? "ended" : "did not print"} ${pattern}:\n${this.#log.slice(-4000)}`);
      await once(this.#news, "news", { signal: late }).catch(() => {});
    }
  }

  /** Resolves when the new flows run. */
  async deploy(flows: SavedFlow, type: "full" | "nodes" | "flows" = "full"): Promise<void> {
    const from = this.#log.length;
    const response = await fetch(`${this.url}/flows`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Node-RED-API-Version": "v2",
        "Node-RED-Deployment-Type": type,
      },
      body: JSON.stringify({ flows }),
    });
    if (!response.ok) throw new Error(`deploy: ${response.status} ${await response.text()}`);
    await this.hears(/Started (modified )?(flows|nodes)/, from);
  }

  /** Presses the button of an inject node. */
  async inject(id: string): Promise<void> {
    const response = await fetch(`${this.url}/inject/${id}`, { method: "POST" });
    if (!response.ok) throw new Error(`inject ${id}: ${response.status}`);
  }

  /** As the system stops it; gives the exit code. Nothing happens where it does not run. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, "exit");
    child.kill(signal);
    const [code] = await exited;
    return code as number | null;
  }
}

/** Node-RED on a user directory, which is filled and then kept: stopping and starting again is a restart. */
export async function startNodeRed(options: NodeRedOptions): Promise<NodeRed> {
  const { userDir, port, packages = [], settings } = options;
  await mkdir(userDir, { recursive: true });
  for (const folder of packages) await linkPackage(folder, userDir);
  const full = { ...QUIET, uiPort: port, ...settings };
  await writeFile(join(userDir, "settings.js"), `module.exports = ${JSON.stringify(full)};\n`);
  const nodeRed = new NodeRed(options);
  await nodeRed.start();
  return nodeRed;
}

async function linkPackage(folder: string, userDir: string): Promise<void> {
  const { name } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { name: string };
  const link = join(userDir, "node_modules", name);
  await mkdir(dirname(link), { recursive: true });
  await symlink(folder, link, "dir");
}
