import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { databaseOf } from "../../src/config/database.ts";
import { loadConfig } from "../../src/config/load.ts";
import { ADA, load, refused, SECRET, tls, written } from "../support/config-files.ts";

const databaseOfText = (text: string, env = {}) => databaseOf(load(`${ADA}${text}`, env));

test("without a store it is SQLite, with nothing to reach", () => {
  expect(databaseOfText("")).toBeUndefined();
  expect(databaseOfText("store: sqlite")).toBeUndefined();
});

test("a URL gives everything, with codes in user and password", () => {
  expect(databaseOfText("store: postgres://us%40er:pa%2Fss@db.example.org:6432/weigh%20bridge")).toEqual({
    host: "db.example.org",
    port: 6432,
    user: "us@er",
    password: "pa/ss",
    database: "weigh bridge",
    tls: { isVerified: true },
    poolSize: 4,
    statementTimeoutMs: 10_000,
  });
});

test.each([
  ["postgres://u@127.0.0.1/w", false],
  ["postgresql://u@localhost/w", false],
  ["postgres://u@[::1]/w", false],
  ["postgres://u@127.0.0.1/w?sslmode=verify-full", { isVerified: true }],
  ["postgres://u@db/w", { isVerified: true }],
  ["postgres://u@db/w?sslmode=require", { isVerified: false }],
  ["postgres://u@db/w?sslmode=disable", false],
])("TLS of %s: %j", (store, expected) => {
  expect(databaseOfText(`store: ${store}`)?.tls).toEqual(expected);
});

test("a Unix socket is named behind the ?", () => {
  expect(databaseOfText("store: postgres://u@localhost/w?host=/var/run/postgresql")).toMatchObject({
    host: "/var/run/postgresql",
    tls: false,
  });
});

test("URL and password come from files and from the environment, too, and the authority's certificate is read", () => {
  const file = written(`${ADA}store_file: url\npostgres: { password_file: word, ca_file: ca.pem }`, {
    url: "postgres://u@db/w\n",
    word: `${SECRET}\n`,
    "ca.pem": tls("bridge.pem"),
  });
  expect(databaseOf(loadConfig({ file }))).toMatchObject({
    host: "db",
    password: SECRET,
    tls: { isVerified: true, ca: expect.stringContaining("BEGIN CERTIFICATE") },
  });
  const env = { WEIGHBRIDGE_STORE: "postgres://u@db/w", WEIGHBRIDGE_POSTGRES__PASSWORD: SECRET };
  expect(databaseOf(load(ADA, env))).toMatchObject({ host: "db", password: SECRET });
});

describe("what is wrong is said without the URL", () => {
  test.each([
    [`mysql://u:${SECRET}@db/w`, "must be sqlite, or a URL such as postgres://"],
    [SECRET, "must be sqlite, or a URL such as postgres://"],
    [`postgres://u:${SECRET}@db`, "names no database"],
    [`postgres://db/${SECRET}`, "names no user"],
    [`postgres:///${SECRET}`, "names no host"],
    [`postgres://u:${SECRET}@db/w?sslmode=prefer`, "sslmode=verify-full"],
    [`postgres://u:${SECRET}@db/w?${SECRET}=1`, "take all out but sslmode and host"],
    [`postgres://u:${SECRET}@db/w?host=other`, "Unix socket"],
    [`postgres://u:${SECRET}%zz@db/w`, "write %25"],
  ])("%s", (store, words) => {
    const text = refused(`${ADA}store: "${store}"`);
    expect(text).toContain("store (line 6)");
    expect(text).toContain(words);
  });

  test("a file that is no certificate", () => {
    const text = refused(`${ADA}store: postgres://u@db/w\npostgres: { ca_file: nowhere.pem }`);
    expect(text).toContain("postgres.ca_file (line 7): the file cannot be read");
  });
});

test("a configuration that others may read is warned of where its store has a password, and only then", () => {
  const warnings = (store: string) => {
    const file = written(`${ADA.replace(/ +publickey: .*\n/, "    publickey_file: key\n")}store: ${store}`, {
      key: "k",
    });
    chmodSync(file, 0o644);
    chmodSync(join(file, "..", "key"), 0o600);
    const said: string[] = [];
    loadConfig({ file, onWarning: (warning) => void said.push(warning) });
    return said.join();
  };
  expect(warnings(`postgres://u:${SECRET}@db/w`)).toContain("holds store, and every user");
  expect(warnings("postgres://u@db/w")).toBe("");
  expect(warnings("sqlite")).toBe("");
});
