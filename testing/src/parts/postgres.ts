import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers } from "./answers.ts";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

const DEBIAN = "/usr/lib/postgresql";
const DATABASE = "weighbridge";
const PASSWORD = "never printed";

/** The folder of the newest server's programs, as Debian installs them; undefined without one. */
function programs(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const versions = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(DEBIAN, version, "bin")).find((bin) => existsSync(join(bin, "postgres")));
}

/** Whether this machine has a PostgreSQL server. */
export const hasPostgres = (): boolean => programs() !== undefined;

/** The server refuses to run as root: then it runs as the user that its package made. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

interface PostgresOptions {
  /** Lines for its configuration. */
  readonly settings?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** A real server with Debian's settings, on a port and in a folder of its own. What it acknowledges is on disk. */
export class Postgres {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;
  #hasDatabase = false;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  /** `files` are put beside the data, readable for the server alone. */
  static async start({ settings = [], files = {} }: PostgresOptions = {}): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), "weighbridge-postgres-"));
    const { uid, gid } = unprivileged();
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
    const postgres = new Postgres(folder, await freePort());
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
    const access = ["--username=weighbridge", `--pwfile=${passwordFile}`, "--auth=scram-sha-256"];
    postgres.#run("initdb", [`--pgdata=${postgres.#data}`, ...access, "--encoding=UTF8", "--locale=C", "--no-sync"]);
    const socket = `unix_socket_directories = '${folder}'`;
    const lines = [`port = ${postgres.port}`, "listen_addresses = '127.0.0.1'", socket, "fsync = on", ...settings];
    writeFileSync(join(postgres.#data, "postgresql.auto.conf"), `${lines.join("\n")}\n`);
    for (const [name, content] of Object.entries(files)) {
      const file = join(postgres.#data, name);
      writeFileSync(file, content, { mode: 0o600 });
      if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
    }
    await postgres.comeBack();
    return postgres;
  }

  get #data(): string {
    return join(this.#folder, "data");
  }

  /** The folder of the Unix socket. */
  get socketFolder(): string {
    return this.#folder;
  }

  get password(): string {
    return PASSWORD;
  }

  #run(program: string, args: readonly string[], input = ""): string {
    const env = { ...process.env, PGPASSWORD: PASSWORD };
    const options = { ...unprivileged(), env, input, cwd: this.#folder, encoding: "utf8", stdio: "pipe" } as const;
    return execFileSync(join(programs() ?? "", program), args, options);
  }

  /** Runs SQL as an operator would. Returns what psql prints, without decoration. */
  sql(text: string, database = "postgres"): string {
    const place = ["--host=127.0.0.1", `--port=${this.port}`, "--username=weighbridge", `--dbname=${database}`];
    const options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--file=-"];
    return this.#run("psql", [...place, ...options], text).trim();
  }

  /** The name of a database without anything of the bridge in it: the same again and again, since a new one takes its time. */
  emptyDatabase(): string {
    if (!this.#hasDatabase) this.sql(`CREATE DATABASE ${DATABASE}`);
    else this.sql("DROP SCHEMA IF EXISTS weighbridge CASCADE", DATABASE);
    this.#hasDatabase = true;
    return DATABASE;
  }

  urlOf(database: string): string {
    return `postgres://weighbridge:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/${database}`;
  }

  async comeBack(): Promise<void> {
    const child = spawn(join(programs() ?? "", "postgres"), ["-D", this.#data], {
      ...unprivileged(),
      cwd: this.#folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-5_000);
    });
    this.#process = child;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${said}`);
      return said.includes("ready to accept connections") && (await answers(this.port));
      // After a crash it waits for the disk first.
    }, 60_000);
  }

  /** `crash` ends it as a power cut would: connections break, and it recovers at its next start. */
  async goAway(how: "stop" | "crash" = "stop"): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill(how === "crash" ? "SIGQUIT" : "SIGINT");
    await gone;
    this.#process = undefined;
  }

  async remove(): Promise<void> {
    // Without a last checkpoint: nobody reads this folder again.
    await this.goAway("crash");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
