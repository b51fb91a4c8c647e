import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readDeploy } from "./files.ts";

/** The callback's path, as each file that can match a pattern has it. */
const PATH = "^/withings/[A-Za-z0-9_-]{22}$";
/** The port of the callback, and the port of the status page. */
const [CALLBACK, ADMIN] = ["127.0.0.1:8480", "8481"];
const FILES = ["Caddyfile", "cloudflared.yaml", "nginx.conf", "tailscale-funnel.sh", "traefik.yaml"];

test("the pattern fits every path that the bridge makes, and nothing near it", () => {
  const pattern = new RegExp(PATH);
  for (let n = 0; n < 1_000; n++) expect(`/withings/${randomBytes(16).toString("base64url")}`).toMatch(pattern);
  const secret = randomBytes(16).toString("base64url");
  for (const path of [
    "/withings/",
    `/withings/${secret}/`,
    `/withings/${secret}x`,
    `/${secret}`,
    `/withings/../${secret}`,
  ])
    expect(path).not.toMatch(pattern);
});

test.each(FILES)("%s leads to the callback's port, and not to the status page", (name) => {
  const text = readDeploy(`proxies/${name}`);
  expect(text).toContain(CALLBACK);
  expect(text).not.toContain(ADMIN);
  expect(text.includes(PATH) || text.includes("--set-path=/withings")).toBe(true);
});

test("Cloudflare Tunnel answers everything else with 404", () => {
  const { ingress } = parse(readDeploy("proxies/cloudflared.yaml"));
  expect(ingress).toHaveLength(2);
  expect(ingress[0]).toMatchObject({ path: PATH, hostname: "home.example.org" });
  expect(ingress[1]).toEqual({ service: "http_status:404" });
});

test("Traefik has one router, whose middlewares and service are there", () => {
  const { http } = parse(readDeploy("proxies/traefik.yaml"));
  expect(Object.keys(http.routers)).toEqual(["weighbridge"]);
  const { middlewares, service } = http.routers.weighbridge;
  expect(middlewares).toEqual(Object.keys(http.middlewares));
  expect(Object.keys(http.services)).toEqual([service]);
});
