import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Person, type RegisteredApplication, type Simulator, startSimulator } from "@weighbridge/simulator";
import { freePort, startReceiver, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";

const CLI = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

interface Household {
  readonly sim: Simulator;
  readonly app: RegisteredApplication;
  readonly ada: Person;
  readonly redirectUrl: string;
  readonly file: string;
}

async function household(more: object = {}, people: object[] = [{ slug: "ada", name: "Ada" }]): Promise<Household> {
  // The command has the machine's clock, and so has the service.
  const sim = await startSimulator();
  onTestFinished(() => sim.stop());
  const redirectUrl = `http://localhost:${await freePort()}/callback`;
  const app = sim.application({ clientId: "client", clientSecret: "s3cr3t-of-ours", redirectUrls: [redirectUrl] });
  const file = join(stateDir(), "weighbridge.yaml");
  const account = {
    ...{ id: "home", generation: "public", base_url: sim.url },
    ...{ client_id: "client", client_secret: "s3cr3t-of-ours", redirect_url: redirectUrl },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ state_dir: "state", accounts: [account], people, ...more }), { mode: 0o600 });
  return { sim, app, ada: sim.person("Ada"), redirectUrl, file };
}

function weighbridge(args: readonly string[], cwd = process.cwd()) {
  const all = ["--conditions=@weighbridge/source", CLI, ...args];
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, all, { cwd });
  onTestFinished(() => void child.kill("SIGKILL"));
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    text.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text.err += chunk;
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  const links = () => [...text.out.matchAll(/http\S+response_type=code\S+/g)].map(([link]) => link);
  return {
    text,
    links,
    /** The newest of at least so many links. */
    link: async (count = 1) => {
      await expect.poll(() => links().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
      return links().at(-1) as string;
    },
    says: (words: string) => expect.poll(() => text.out, { timeout: 20_000 }).toContain(words),
    paste: (line: string) => void child.stdin.write(`${line}\n`),
    finish: (text: string) => void child.stdin.end(text),
    ended: async () => ({ code: (await closed)[0], ...text }),
  };
}

/** The person's browser: consents on the page, and gives the address that it is led back to. */
async function consents(link: string, person: Person, decision = "allow"): Promise<string> {
  const body = new URLSearchParams({ userid: String(person.userId), decision });
  return (await fetch(link, { method: "POST", body, redirect: "manual" })).headers.get("location") as string;
}

test("PUB-CLI-1: authorize takes the redirect, stores the consent, and names devices and the last weigh-in", async () => {
  const { ada, file, redirectUrl } = await household();
  ada.weighsIn({ weight: 68.45 });
  const run = weighbridge(["authorize", "--config", file, "--no-browser"]);
  const page = await fetch(await consents(await run.link(), ada));
  expect(await page.text()).toContain("Ada is authorized");
  const { code, out } = await run.ended();
  expect(code).toBe(0);
  expect(out).toContain(`Registered URL that the application must have, letter by letter: ${redirectUrl}`);
  for (const words of [`userid ${ada.userId}`, "Body Comp, last contact", "last weigh-in: 68.45 kg"])
    expect(out).toContain(words);
  const grant = join(dirname(file), "state/grants/ada.json");
  expect(statSync(grant).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(grant, "utf8"))).toMatchObject({
    version: 1,
    userId: String(ada.userId),
    clientId: "client",
  });
});

test("PUB-CLI-2, PUB-CLI-3: what is pasted wrongly is named, gets a fresh link, and does not end it; the right address works", async () => {
  const { ada, file, sim, redirectUrl } = await household();
  const run = weighbridge(["authorize", "--config", file, "--no-browser"]);
  const first = await run.link();
  run.paste(first);
  await run.says("address of the consent page itself");
  run.paste(await consents(first, ada));
  await run.says("belongs to an earlier attempt");
  run.paste(await consents(await run.link(3), ada, "deny"));
  await run.says("access_denied");
  run.paste('{"errors":[{"message":"redirect_uri_mismatch"}]}');
  await run.says(`letter by letter: ${redirectUrl}`);
  const late = await consents(await run.link(5), ada);
  sim.clock.advance(31_000);
  run.paste(late);
  await run.says("code_expired".replace("_", " ").slice(0, 4));
  const good = new URL(await consents(await run.link(6), ada));
  run.paste(good.searchParams.get("code") as string);
  expect(await run.ended()).toMatchObject({ code: 0 });
});

test("PUB-CLI-1: a wrong secret is said before any link", async () => {
  const { file } = await household();
  writeFileSync(file, readFileSync(file, "utf8").replace("s3cr3t-of-ours", "another"));
  const run = weighbridge(["authorize", "--config", file, "--no-browser"]);
  const { code, out, err } = await run.ended();
  expect(code).toBe(1);
  expect(run.links()).toEqual([]);
  expect(err).toContain("Copy ClientID and Secret");
  expect(`${out}${err}`).not.toContain("another");
});

test("PUB-CLI-2: a taken port leaves the way of pasting", async () => {
  const { ada, file, redirectUrl } = await household();
  const { createServer } = await import("node:net");
  const other = createServer().listen(Number(new URL(redirectUrl).port), "127.0.0.1");
  onTestFinished(() => void other.close());
  const run = weighbridge(["authorize", "--config", file, "--no-browser"]);
  const link = await run.link();
  expect(run.text.out).toContain("another program has it");
  run.paste(await consents(link, ada));
  expect(await run.ended()).toMatchObject({ code: 0 });
});

test("a consent moves to another machine, and is refused where it does not fit", async () => {
  const [old, other] = [await household(), await household()];
  const run = weighbridge(["authorize", "--config", old.file, "--no-browser"]);
  await fetch(await consents(await run.link(), old.ada));
  await run.ended();
  const { code, out, err } = await weighbridge(["grant", "export", "--config", old.file]).ended();
  expect(code).toBe(0);
  expect(err).toContain("secret");
  const imported = async (text: string) => {
    const taking = weighbridge(["grant", "import", "--config", other.file]);
    taking.finish(text);
    return taking.ended();
  };
  expect(await imported("{}")).toMatchObject({ code: 2, err: expect.stringContaining("is no consent") });
  expect(await imported(out.replace('"client"', '"another"'))).toMatchObject({
    code: 2,
    err: expect.stringContaining("another application"),
  });
  expect(await imported(out)).toMatchObject({ code: 0, out: expect.stringContaining(`userid ${old.ada.userId}`) });
  const stored = JSON.parse(readFileSync(join(dirname(other.file), "state/grants/ada.json"), "utf8"));
  expect(stored).toMatchObject({ userId: String(old.ada.userId), revision: 2 });
});

test("revoke ends the consent at the service, and deletes its tokens", async () => {
  const { ada, app, file } = await household();
  const nobody = await weighbridge(["revoke", "--config", file]).ended();
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining("weighbridge authorize --person ada") });
  const run = weighbridge(["authorize", "--config", file, "--no-browser"]);
  await fetch(await consents(await run.link(), ada));
  await run.ended();
  app.hasSubscription(ada, { appli: 1, callbackUrl: "https://home.example.org/x", comment: null });
  expect(await weighbridge(["revoke", "--config", file]).ended()).toMatchObject({ code: 0 });
  expect(app.subscriptionsOf(ada)).toEqual([]);
  expect(existsSync(join(dirname(file), "state/grants/ada.json"))).toBe(false);
});

test("who agrees as another person of the household is named, and keeps the data apart", async () => {
  const people = [
    { slug: "ada", name: "Ada" },
    { slug: "bob", name: "Bob" },
  ];
  const { ada, sim, file } = await household({}, people);
  await authorized({ file, ada }, "ada");
  sim.clock.advance(20_000);
  const run = weighbridge(["authorize", "--config", file, "--no-browser", "--person", "bob"]);
  run.paste(await consents(await run.link(), ada));
  await run.says(`This is ada (userid ${ada.userId}), not bob.`);
  await run.says("/logout?");
  expect(existsSync(join(dirname(file), "state/grants/bob.json"))).toBe(false);
  run.finish("");
});

test("authorize alone brings a person back whose tokens are ended or torn, and doctor says so before and after", async () => {
  const home = await household();
  await authorized(home);
  const grant = join(dirname(home.file), "state/grants/ada.json");
  home.app.unlinks(home.ada);
  home.sim.clock.advance(20_000);
  const ended = JSON.parse(readFileSync(grant, "utf8"));
  writeFileSync(grant, JSON.stringify({ ...ended, accessEndsAt: 1 }), { mode: 0o600 });
  expect((await diagnosis(home.file)).of("grant")).toMatchObject({
    is: "bad",
    remedy: expect.stringContaining("uthorize"),
  });
  writeFileSync(grant, "{torn");
  expect((await diagnosis(home.file)).of("grant")).toMatchObject({ is: "bad", words: expect.stringContaining(grant) });
  await authorized(home);
  expect(readFileSync(`${grant}.damaged`, "utf8")).toBe("{torn");
  home.sim.clock.advance(20_000);
  expect((await diagnosis(home.file)).of("grant")).toMatchObject({ is: "good" });
});

test("a configuration leads to the same tokens from whichever directory a command starts", async () => {
  const home = await household();
  await authorized(home);
  const { code } = await weighbridge(["grant", "export", "--config", home.file], "/").ended();
  expect(code).toBe(0);
});

test("of several people one has to be named", async () => {
  const { file } = await household({}, [
    { slug: "ada", name: "Ada" },
    { slug: "bob", name: "Bob" },
  ]);
  const { code, err } = await weighbridge(["authorize", "--config", file]).ended();
  expect(code).toBe(2);
  expect(err).toContain("--person: ada, bob");
});

async function diagnosis(file: string) {
  const { code, out } = await weighbridge(["doctor", "--config", file, "--json"]).ended();
  const { findings } = JSON.parse(out) as {
    findings: { is: string; subject: string; check: string; words: string; remedy?: string }[];
  };
  const of = (check: string) => findings.find((one) => one.check === check);
  return { code, out, findings, of };
}

/** As `authorize` stores it. */
async function authorized({ file, ada }: Pick<Household, "file" | "ada">, slug = "ada"): Promise<void> {
  const run = weighbridge(["authorize", "--config", file, "--no-browser", "--person", slug]);
  await fetch(await consents(await run.link(), ada));
  expect(await run.ended()).toMatchObject({ code: 0 });
}

test("PUB-CLI-6: doctor tells what is right and what is not, each with its remedy and no secret", async () => {
  const receiver = await startReceiver("/withings");
  const home = await household({ callback: { public_url: receiver.url } });
  home.ada.weighsIn({ weight: 68 });
  const before = await diagnosis(home.file);
  expect(before.code).toBe(1);
  expect(before.of("client")).toMatchObject({ is: "good" });
  expect(before.of("redirect")).toMatchObject({ is: "good" });
  expect(before.of("reachable")).toMatchObject({ is: "good" });
  expect(before.of("grant")).toMatchObject({ is: "bad", remedy: "Run weighbridge authorize --person ada." });
  await authorized(home);
  for (const appli of [1, 46])
    home.app.hasSubscription(home.ada, { appli, callbackUrl: `${receiver.url}/x`, comment: null });
  home.app.hasSubscription(home.ada, { appli: 1, callbackUrl: "https://other.example.org/", comment: null });
  home.sim.clock.advance(20_000);
  const after = await diagnosis(home.file);
  expect(after.of("grant")).toMatchObject({ is: "good" });
  expect(after.of("foreign")).toMatchObject({ is: "note", words: expect.stringContaining("1 subscriptions") });
  expect(after.of("subscription weight")).toMatchObject({ is: "good" });
  expect(after.of("subscription heart")).toMatchObject({ is: "bad" });
  expect(after.of("freshness")).toMatchObject({ is: "good" });
  for (const { is, remedy } of after.findings) if (is !== "good") expect(remedy).toMatch(/\w/);
  expect(after.out).not.toMatch(/s3cr3t|access|refresh_token/);
});

test("PUB-CLI-6, PUB-USER-4: doctor tells a scale that nobody used from data that does not flow", async () => {
  const home = await household();
  await authorized(home);
  home.sim.clock.advance(20_000);
  const { findings, of } = await diagnosis(home.file);
  expect(of("freshness")).toMatchObject({ is: "bad", words: expect.stringContaining("nothing of it arrives") });
  expect(findings.find(({ check }) => check === "reachable")).toMatchObject({ is: "note" });
});

test("doctor --record keeps what the API answered, without tokens, ids and names", async () => {
  const home = await household();
  home.ada.weighsIn({ weight: 68 });
  await authorized(home);
  home.sim.clock.advance(20_000);
  const record = join(dirname(home.file), "record.json");
  await weighbridge(["doctor", "--config", home.file, "--record", record]).ended();
  const text = readFileSync(record, "utf8");
  expect(JSON.parse(text).calls.map(({ action }: { action: string }) => action)).toEqual(
    expect.arrayContaining(["getnonce", "getdevice", "list", "getmeas"]),
  );
  expect(text).toContain('"value": 68000');
  const grant = JSON.parse(readFileSync(join(dirname(home.file), "state/grants/ada.json"), "utf8"));
  for (const secret of [grant.accessToken, grant.refreshToken, "91845aef", `${home.ada.userId}`, "Paris"])
    expect(text).not.toContain(secret);
});
