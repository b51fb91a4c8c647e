import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { connectAsync } from "mqtt";
import { expect, onTestFinished, test, vi } from "vitest";

// Each test starts a Node.
vi.setConfig({ testTimeout: 30_000 });

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly text: { out: string; err: string };
  ended(): Promise<{ code: number | null; out: string; err: string }>;
}

/** The command, as a user starts it. */
function demo(...args: readonly string[]): Running {
  const child = spawn(process.execPath, ["--conditions=@weighbridge/source", CLI, ...args], {
    env: { PATH: process.env["PATH"] ?? "" },
    stdio: ["ignore", "pipe", "pipe"],
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
  return { child, text, ended: async () => ({ code: (await closed)[0], ...text }) };
}

test("--once --json shows one weigh-in on one line, and ends with 0", async () => {
  const { code, out, err } = await demo("--once", "--json").ended();
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.trimEnd()).not.toContain("\n");
  const line = JSON.parse(out);
  expect(line).toMatchObject({
    ok: true,
    event: { event_type: "weigh_in", weight: 68.45, fat_ratio: 22.4 },
    state: { weight: 68.45 },
  });
  expect(line.callback_to_subscriber_ms).toBeGreaterThanOrEqual(0);
  expect(line.topics).toContain("weighbridge/people/ada/measure/weight");
});

test.each([
  ["public", ["Consent page", "Virtual scale"]],
  ["wbs", ["Virtual scale"]],
])("--once shows cause before effect, in words, with the API %s", async (api, pages) => {
  const { code, out } = await demo("--once", "--api", api).ended();
  expect(code).toBe(0);
  expect(out.includes("Consent page")).toBe(api === "public");
  expect(out).toContain("⇒ weighbridge/people/ada/state");
  const causes = ["Ada measured 68.45 kg", "The cloud notifies the bridge", "The bridge fetches"];
  const places = [...pages, ...causes, "people/ada/weigh_in", " ms.\n"].map((words) => out.indexOf(words));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test.each([
  [["--json"], "--json goes with --once"],
  [["extra", "--once"], "extra"],
  [["--onec"], "--onec"],
])("%j is refused on standard error with the help, and ends with 2", async (args, words) => {
  const { code, out, err } = await demo(...args).ended();
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(words);
  expect(err).toContain("--once     one weigh-in, then end");
});

test("--help says what there is", async () => {
  const { code, out } = await demo("--help").ended();
  expect(code).toBe(0);
  expect(out).toContain("with --once: one line of JSON");
});

test("the standing demo names its page, and ends at SIGINT with 0", async () => {
  const running = demo();
  await expect.poll(() => running.text.out, { timeout: 20_000 }).toContain("Now it is your turn");
  const page = /Virtual scale +(\S+)/.exec(running.text.out)?.[1] as string;
  expect((await fetch(page)).status).toBe(200);
  // Another client clears a topic, as the next bridge at this broker does.
  const broker = /MQTT broker +(\S+)/.exec(running.text.out)?.[1] as string;
  const other = await connectAsync(broker, { protocolVersion: 4 });
  await other.publishAsync("weighbridge/people/ada/state", "", { retain: true });
  await other.endAsync();
  await expect.poll(() => running.text.out, { timeout: 5_000 }).toContain("(cleared)");
  expect(running.text.err).toBe("");
  running.child.kill("SIGINT");
  expect((await running.ended()).code).toBe(0);
});
