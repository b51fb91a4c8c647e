import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { simulate } from "@weighbridge/testing";
import { expect, onTestFinished, test, vi } from "vitest";

vi.setConfig({ testTimeout: 20_000 });

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

function simulator(...args: string[]) {
  const child = spawn(process.execPath, ["--conditions=@weighbridge/source", CLI, ...args]);
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

test.each(["SIGTERM", "SIGINT"] as const)(
  "it prints what a user needs, works with it, and ends at %s with 0",
  async (signal) => {
    const { child, text, ended } = simulator("--port", "0", "--person", "Ada", "--person", "Bo");
    await expect.poll(() => text.out, { timeout: 15_000 }).toContain("Bo: userid");
    const url = /The API's base URL: (\S+)/.exec(text.out)?.[1] as string;
    const page = /The virtual scale: (\S+)/.exec(text.out)?.[1] as string;
    expect(await (await fetch(page)).text()).toContain("Virtual scale");
    const [, userid = "", publickey = ""] = /Ada: userid (\d+), publickey (\w+)/.exec(text.out) ?? [];
    const body = new URLSearchParams({ action: "getbyuserid", userid, publickey });
    expect(await (await fetch(`${url}user`, { method: "POST", body })).json()).toMatchObject({ status: 0 });
    // Its application is known to today's API.
    const [, clientId = ""] = /ClientID (\w+), Secret \w+, Registered URL (\S+)/.exec(text.out) ?? [];
    const consent = new URLSearchParams({
      ...{ response_type: "code", client_id: clientId, state: "s", scope: "user.metrics" },
      redirect_uri: "http://localhost:8643/callback",
    });
    expect(await (await fetch(`${url}oauth2_user/authorize2?${consent}`)).text()).toContain("Weighbridge");
    // An open page does not hold it up.
    const stream = await fetch(`${page}simulator/events`);
    child.kill(signal);
    expect(await ended()).toMatchObject({ code: 0, err: "" });
    await expect(stream.text()).rejects.toThrow();
  },
);

test("--help tells the options", async () => {
  const { code, out } = await simulator("--help").ended();
  expect(code).toBe(0);
  for (const option of ["--port", "--person", "--help"]) expect(out).toContain(option);
});

test.each([
  [["--port", "http"], "--port must be 0 to 65535, not http"],
  [["--port", "70000"], "--port must be 0 to 65535, not 70000"],
  [["--prot", "1"], "--prot"],
  [["Ada"], "Ada"],
])("%j is told without a stack, and ends with 2", async (args, words) => {
  const { code, out, err } = await simulator(...args).ended();
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(words);
  expect(err).not.toMatch(/^ {4}at /m);
});

test("a port that is taken is told with what to do", async () => {
  const sim = await simulate();
  const { code, err } = await simulator("--port", new URL(sim.url).port).ended();
  expect(code).toBe(1);
  expect(err).toContain("choose another one with --port");
  expect(err).not.toMatch(/^ {4}at /m);
});
