import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startSimulator } from "@weighbridge/simulator";
import { freePort, stateDir, until } from "@weighbridge/testing";
import { expect, onTestFinished, test, vi } from "vitest";

// Each test starts a Node.
vi.setConfig({ testTimeout: 60_000 });

const SOURCES = join(import.meta.dirname, "../src");
const LONGEST = 60;

/** A simulated API with a person who was weighed three times. */
async function household() {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.stop());
  const ada = simulator.person("Ada");
  const now = simulator.clock.seconds();
  ada.weighsIn({ weight: 66, fatRatio: 22.5, at: now - 3 * 86_400 });
  ada.weighsIn({ weight: 65.5, at: now - 2 * 86_400, comment: '=1+"1"' });
  ada.weighsIn({ weight: 65.25, at: now - 86_400 });
  return { simulator, ada };
}

/** Starts an example for the person; the test ends the process. */
function start({ simulator, ada }: Awaited<ReturnType<typeof household>>, file: string, args: readonly string[] = []) {
  const env = {
    ...process.env,
    WITHINGS_URL: simulator.url,
    WITHINGS_USERID: String(ada.userId),
    WITHINGS_PUBLICKEY: ada.publicKey,
  };
  const child = spawn(process.execPath, ["--conditions=@weighbridge/source", join(SOURCES, file), ...args], { env });
  const printed = { out: "", error: "" };
  child.stdout.on("data", (chunk: Buffer) => (printed.out += chunk));
  child.stderr.on("data", (chunk: Buffer) => (printed.error += chunk));
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, printed };
}

const codeOf = async (child: ChildProcess) => (await once(child, "close"))[0];

test("a history becomes CSV, oldest first, and a comment is no formula", async () => {
  const { child, printed } = start(await household(), "history-to-csv.ts");
  expect(await codeOf(child), printed.error).toBe(0);
  const [header, ...lines] = printed.out.trimEnd().split("\n");
  expect(header).toBe("measured_at,attribution,weight,fat_ratio,fat_mass,fat_free_mass,heart_pulse,comment");
  expect(lines.map((line) => line.split(",").slice(2).join(","))).toEqual([
    '66,22.5,14.85,51.15,,""',
    `65.5,,,,,"'=1+""1"""`,
    '65.25,,,,,""',
  ]);
});

test("a chart is an SVG file with a point for each weight", async () => {
  const file = join(stateDir(), "weight.svg");
  const { child, printed } = start(await household(), "chart.ts", [file]);
  expect(await codeOf(child), printed.error).toBe(0);
  expect(printed.out).toBe(`3 weights drawn to ${file}\n`);
  expect(
    readFileSync(file, "utf8")
      .match(/points="([^"]*)"/)?.[1]
      ?.split(" "),
  ).toHaveLength(3);
});

test("a person is followed: what is weighed from now on is printed once, and SIGTERM ends it", async () => {
  const world = await household();
  const { child, printed } = start(world, "follow.ts", ["1"]);
  await until(() => world.simulator.log.some((entry) => entry.kind === "call" && entry.action === "getmeas"));
  world.ada.weighsIn({ weight: 65 });
  await until(() => printed.out.includes('"weigh_in"'));
  const [, event, ...more] = printed.out.trimEnd().split("\n");
  expect(JSON.parse(event ?? "")).toMatchObject({ kind: "weigh_in", values: { weight: 65 }, change: -0.25 });
  expect(more).toEqual([]);
  const closed = codeOf(child);
  child.kill("SIGTERM");
  expect(await closed, printed.error).toBe(0);
});

test("a server takes callbacks beside its other pages", async () => {
  const world = await household();
  const port = await freePort();
  const { printed } = start(world, "callback.ts", [String(port)]);
  await until(() => printed.out.startsWith("ready"));
  const site = `http://127.0.0.1:${port}`;
  expect(await (await fetch(site)).text()).toBe("the rest of the site\n");
  const send = async (body: string) => (await fetch(`${site}/withings`, { method: "POST", body })).status;
  const at = world.simulator.clock.seconds() - 2 * 86_400;
  expect(await send("")).toBe(200);
  expect(await send("userid=ada")).toBe(400);
  expect(await send(`userid=${world.ada.userId}&startdate=${at - 60}&enddate=${at + 60}`)).toBe(200);
  await until(() => printed.out.includes("65.5"));
  expect(printed.out.trimEnd().split("\n")).toHaveLength(2);
});

test.each(["history-to-csv.ts", "chart.ts", "follow.ts", "callback.ts"])(
  "%s is short, and the README lists it",
  (file) => {
    expect(readFileSync(join(SOURCES, file), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(LONGEST);
    expect(readFileSync(join(SOURCES, "../README.md"), "utf8")).toContain(`src/${file}`);
  },
);
