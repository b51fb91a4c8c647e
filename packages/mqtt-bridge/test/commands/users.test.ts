import { expect, test, vi } from "vitest";
import { startHouse } from "../support/bridge-process.ts";
import { weighbridge } from "../support/weighbridge.ts";

// Each test starts some Nodes.
vi.setConfig({ testTimeout: 30_000 });

test("users lists who is watched, and who has not consented yet", async () => {
  const { run, write } = await startHouse();
  expect(JSON.parse((await run("users", "--json")).out).people).toMatchObject([
    { person: "ada", name: "Ada", consent: "key" },
    { person: "bob", name: "Bob", consent: "key" },
  ]);
  write({
    api: undefined,
    accounts: [{ id: "home", generation: "public", client_id: "client", client_secret: "s3cr3t-of-ours" }],
    people: [{ slug: "eve", name: "Eve" }],
  });
  const { code, out } = await run("users");
  expect(code).toBe(0);
  expect(out).toContain("weighbridge authorize --person eve");
  expect(out).not.toContain("s3cr3t");
});

test("users --email lists an account of the original API, its keys only when asked, its password nowhere", async () => {
  const { sim, folder } = await startHouse();
  const zoe = sim.person("Zoe", { firstName: "Zoe", email: "zoe@example.org", password: "bozo" });
  const asked = async (...more: string[]) => {
    const run = weighbridge(["users", "--email", "zoe@example.org", ...more], { cwd: folder });
    run.child.stdin.end("bozo\n");
    return run.ended();
  };
  const plain = await asked();
  expect(plain).toMatchObject({ code: 0, err: "" });
  expect(plain.out).toContain(`${zoe.userId}: Zoe`);
  expect(plain.out).not.toContain(zoe.publicKey);
  expect(JSON.parse((await asked("--json", "--keys")).out).users).toMatchObject([
    { userid: zoe.userId, publickey: zoe.publicKey },
  ]);
});
