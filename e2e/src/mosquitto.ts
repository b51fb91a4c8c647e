import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { answers, freePort, until } from "@weighbridge/testing/parts";

export interface MosquittoOptions {
  /** False makes a broker that forgets everything when it stops: for proving that a test can fail. */
  readonly isPersistent?: boolean;
  /** More lines for its configuration. */
  readonly settings?: readonly string[];
}

/** A real broker with the settings of deploy/mosquitto.conf, on a port and in a folder of its own. */
export class Mosquitto {
  readonly url: string;
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    this.url = `mqtt://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    const child = spawn("mosquitto", ["-c", join(this.#folder, "mosquitto.conf")], { stdio: "ignore" });
    this.#process = child;
    await until(() => {
      if (child.exitCode !== null) throw new Error(`the broker did not start; see ${this.#folder}`);
      return answers(this.port);
    });
  }

  /** As the system stops it: with time to save. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
    this.#process = undefined;
  }

  /** With -9: it loses what it has not saved. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    this.#process = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  log(): Promise<string> {
    return readFile(join(this.#folder, "broker.log"), "utf8");
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export async function startMosquitto({
  isPersistent = true,
  settings = [],
}: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), "weighbridge-broker-"));
  const port = await freePort();
  const shipped = await readFile(new URL("../../deploy/mosquitto.conf", import.meta.url), "utf8");
  const kept = shipped
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .filter((line) => !/^(listener|persistence|persistence_location|allow_anonymous|password_file)\b/.test(line));
  const lines = [
    `listener ${port} 127.0.0.1`,
    `user ${userInfo().username}`,
    `persistence ${isPersistent}`,
    `persistence_location ${folder}/`,
    `log_dest file ${join(folder, "broker.log")}`,
    ...(settings.some((line) => line.startsWith("password_file"))
      ? ["allow_anonymous false"]
      : ["allow_anonymous true"]),
    ...kept,
    ...settings,
  ];
  await writeFile(join(folder, "mosquitto.conf"), `${lines.join("\n")}\n`);
  const broker = new Mosquitto(folder, port);
  await broker.start();
  return broker;
}
