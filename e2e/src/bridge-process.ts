import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../packages/mqtt-bridge/src/cli.ts", import.meta.url));
const CRASHING = fileURLToPath(new URL("./crashing-bridge.ts", import.meta.url));

/** A configuration as somebody would write it. JSON is YAML. */
export type ConfigText = Readonly<Record<string, unknown>>;

export interface CrashAt {
  readonly step: string;
  readonly nth: number;
}

/** The real bridge in a process of its own, which can be killed and started again on the same state. */
export class BridgeProcess {
  readonly folder: string;
  output = "";
  #process: ChildProcess | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  get configFile(): string {
    return join(this.folder, "weighbridge.yaml");
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async configure(config: ConfigText): Promise<void> {
    await writeFile(this.configFile, JSON.stringify({ state_dir: "state", ...config }));
  }

  /** With `crashAt` it kills itself with -9 at that step. */
  start(crashAt?: CrashAt): void {
    const args = crashAt
      ? [CRASHING, this.configFile, crashAt.step, String(crashAt.nth)]
      : [CLI, "run", "--config", this.configFile];
    const child = spawn(process.execPath, ["--conditions=@weighbridge/source", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-20_000);
      });
    this.#process = child;
  }

  get isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resolves with its end, however that comes. */
  async ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    const child = this.#process;
    if (child === undefined) throw new Error("the bridge was not started");
    if (this.isRunning) await once(child, "exit");
    return { code: child.exitCode, signal: child.signalCode };
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    this.#process?.kill(signal);
    await this.ended();
  }

  async remove(): Promise<void> {
    await this.end("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function newBridgeProcess(config: ConfigText): Promise<BridgeProcess> {
  const bridge = new BridgeProcess(await mkdtemp(join(tmpdir(), "weighbridge-e2e-")));
  await bridge.configure(config);
  return bridge;
}
