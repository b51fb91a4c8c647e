import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { load, refusal, SECRET, tls, written } from "../support/config-files.ts";

const CERT = tls("bridge.pem");
const KEY = tls("bridge.key");
const own = "mqtt:\n  cert_file: cert\n  key_file: key";
const other = () =>
  generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

test("a certificate with its key is taken, and so is a password with a user name", () => {
  expect(() => loadConfig({ file: written(own, { cert: CERT, key: KEY }) })).not.toThrow();
  expect(() => load("mqtt: { username: u, password: p }")).not.toThrow();
});

test("files for TLS beside a URL without TLS are warned about: nothing reads them", () => {
  const warnings = (url: string) => {
    const said: string[] = [];
    const file = written(`mqtt:\n  url: ${url}\n  ca_file: ca`, { ca: CERT });
    loadConfig({ file, onWarning: (warning) => void said.push(warning) });
    return said;
  };
  expect(warnings("mqtt://a")).toEqual([expect.stringContaining("so mqtt.ca_file is not used: give mqtts://")]);
  expect(warnings("mqtts://a")).toEqual([]);
});

test.each<[string, Record<string, string>, string]>([
  ["mqtt:\n  password: p", {}, "mqtt.password (line 2): needs mqtt.username as well"],
  ["mqtt:\n  username: ''\n  password: p", {}, "mqtt.password (line 3): needs mqtt.username as well"],
  ["mqtt:\n  password_file: p", { p: "p" }, "mqtt.password (line 1): needs mqtt.username as well"],
  ["mqtt:\n  cert_file: cert", { cert: CERT }, "mqtt.cert_file (line 2): needs mqtt.key_file as well"],
  ["mqtt:\n  key_file: key", { key: KEY }, "mqtt.key_file (line 2): needs mqtt.cert_file as well"],
  [own, { cert: CERT, key: other() }, "mqtt.key_file (line 3): does not fit mqtt.cert_file"],
  [own, { cert: CERT, key: tls("encrypted.key") }, "mqtt.key_file (line 3): the key is locked by a passphrase"],
  [own, { cert: CERT, key: SECRET }, "mqtt.key_file (line 3): the file holds no private key"],
  [own, { cert: KEY, key: KEY }, "mqtt.cert_file (line 2): the file holds no certificate"],
  ["mqtt:\n  ca_file: ca", { ca: KEY }, "mqtt.ca_file (line 2): the file holds no certificate"],
  ["mqtt:\n  ca_file: ca", { ca: "" }, "mqtt.ca_file (line 2): the file holds no certificate"],
  ["mqtt:\n  ca_file: ca", { ca: CERT.slice(0, 200) }, "mqtt.ca_file (line 2): the file holds no certificate"],
])("%j is refused, with both keys named", (text, files, words) => {
  expect(refusal({ file: written(text, files) })).toContain(words);
});
