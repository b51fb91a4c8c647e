import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";

const CLI = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly text: { out: string; err: string };
  /** Resolves when the output holds the words. */
  says(words: string): Promise<void>;
  ended(): Promise<Ended>;
}

/** The real command, as a user starts it, until the test is over. */
export function weighbridge(args: readonly string[], { env = {}, cwd }: RunOptions = {}): Running {
  const child = spawn(process.execPath, ["--conditions=@weighbridge/source", CLI, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    text.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text.err += chunk;
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  return {
    ...{ child, text },
    says: (words) => expect.poll(() => text.out, { timeout: 20_000 }).toContain(words),
    ended: async () => {
      const [code] = await closed;
      expect(`${text.out}${text.err}`, "no stack for users").not.toMatch(/^ {4}at .*:\d+/m);
      return { code, ...text };
    },
  };
}
