import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { accountOf, accountsOf, personKey } from "../../src/config/accounts.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { AccountConfig } from "../../src/config/schema.ts";
import { load, refused, SECRET, written } from "../support/config-files.ts";

const HOME = "accounts: [{id: home, generation: public, client_id: c, client_secret: s}]\n";
const TWO = `accounts:
  - {id: home, generation: public, client_id: c, client_secret: s}
  - {id: old, generation: wbs, base_url: http://192.168.1.5:8090/}
`;

test("PUB-HOME-2: a configuration without accounts has one, of the original API, as before", () => {
  const config = load(
    "api: {base_url: http://192.168.1.5:8090/}\npeople: [{slug: a, name: A, userid: 1, publickey: k}]",
  );
  expect(accountsOf(config)).toMatchObject([{ id: "wbs", generation: "wbs", base_url: "http://192.168.1.5:8090/" }]);
  expect(accountOf(accountsOf(config), config.people[0] as never)?.id).toBe("wbs");
});

test("an account of today's API has defaults for everything but its application", () => {
  const config = load(`${HOME}people: [{slug: ada, name: Ada}]`);
  expect(accountsOf(config)).toEqual([
    {
      id: "home",
      generation: "public",
      base_url: "https://wbsapi.withings.net/",
      client_id: "c",
      client_secret: "s",
      redirect_url: "http://localhost:8643/callback",
      timeout_s: 10,
      calls_per_minute: 100,
      notify: ["weight", "heart"],
    },
  ]);
});

test("PUB-HOME-1: people of both generations live in one household", () => {
  const config = load(
    `${TWO}people: [{slug: ada, name: Ada, account: home}, {slug: bob, name: Bob, account: old, userid: 29, publickey: k}]`,
  );
  const accounts = accountsOf(config);
  expect(config.people.map((person) => accountOf(accounts, person)?.generation)).toEqual(["public", "wbs"]);
});

test("PUB-HOME-3: the client secret may stand in a file of its own", () => {
  const file = written(
    `accounts: [{id: home, generation: public, client_id: c, client_secret_file: secrets/withings}]`,
  );
  mkdirSync(join(dirname(file), "secrets"));
  writeFileSync(join(dirname(file), "secrets/withings"), `${SECRET}\n`, { mode: 0o600 });
  expect(accountsOf(loadConfig({ file }))).toMatchObject([{ client_secret: SECRET }]);
});

test("PUB-HOME-1: equal userids of two accounts do not meet", () => {
  const wbs = (id: string) => ({ id, generation: "wbs" }) as AccountConfig;
  const today = (id: string) => ({ id, generation: "public" }) as AccountConfig;
  const keys = [wbs("wbs"), wbs("old"), today("home")].map((account) => personKey(account, "29"));
  expect(keys).toEqual(["wbs:29", "wbs@old:29", "public:29"]);
  expect(personKey(today("clinic"), "29")).toBe("public:29");
});

test.each([
  ["accounts: []", "accounts (line 1): must be at least 1"],
  ["accounts: [{id: home, client_id: c, client_secret: s}]", "accounts[0].generation (line 1): must be public"],
  ["accounts: [{id: home, generation: oauth}]", "accounts[0].generation (line 1): must be public"],
  ["accounts: [{id: home, generation: public, client_secret: s}]", "accounts[0].client_id (line 1): is missing."],
  ["accounts: [{id: home, generation: public, client_id: c}]", "accounts[0].client_secret (line 1): is missing."],
  [
    "accounts: [{id: home, generation: public, client_id: c, client_secrets: s}]",
    "accounts[0].client_secrets (line 1): there is no such key; did you mean client_secret?",
  ],
  [
    "accounts: [{id: home, generation: public, client_id: c, client_secret: s, base_url: http://wbsapi.withings.net/}]",
    "accounts[0].base_url (line 1): must start with https://",
  ],
  [
    "accounts: [{id: home, generation: public, client_id: c, client_secret: s, notify: [sleep]}]",
    "accounts[0].notify[0] (line 1): must be weight or heart or",
  ],
  [HOME.replace("home", "My home"), "accounts[0].id (line 1): use lower case letters"],
  [`${TWO}api: {timeout_s: 3}`, "api (line 4): belongs to a configuration without accounts"],
  [TWO.replace("id: old", "id: home"), "accounts[1].id (line 3): accounts[0] has it already"],
  [
    `${TWO}people: [{slug: a, name: A}]`,
    "people[0].account (line 4): is missing, since there are several accounts: home, old",
  ],
  [
    `${TWO}people: [{slug: a, name: A, account: hom}]`,
    "people[0].account (line 4): there is no such account; there are home, old",
  ],
  [`${HOME}people: [{slug: a, name: A, publickey: k}]`, "people[0].publickey (line 2): belongs to the original API"],
  [`${TWO}people: [{slug: a, name: A, account: old, userid: 1}]`, "people[0].publickey (line 4): is missing."],
  [
    `${HOME}people: [{slug: a, name: A, userid: 1}, {slug: b, name: B, userid: 1}]`,
    "people[1].userid (line 2): people[0] has it already",
  ],
  [
    `${HOME}callback: {public_url: "http://home.example.org:8480"}`,
    "callback.public_url (line 2): must start with https://",
  ],
  [
    `${HOME}callback: {public_url: "https://home.example.org:8480"}`,
    "callback.public_url (line 2): must use port 443 or 80",
  ],
  [
    `${HOME}callback: {exact_url: "https://192.168.1.2/x"}`,
    "callback.exact_url (line 2): must have a public host name",
  ],
  [
    `${HOME}callback: {public_url: "https://a.example.org", exact_url: "https://b.example.org"}`,
    "callback.exact_url (line 2): public_url is set as well; keep one of the two",
  ],
])("a configuration that cannot work is refused: %s", (text, words) => {
  expect(refused(text)).toContain(words);
});

test("PUB-NOTIFY-13: a server on this machine may call back on this machine, without https", () => {
  const text = HOME.replace("client_id", "base_url: http://127.0.0.1:8090/, client_id");
  expect(load(`${text}callback: {public_url: "http://127.0.0.1:8480"}`).callback.public_url).toBeDefined();
});

test.each(["password", "email"])("an account of today's API has no place for the %s of a person", (key) => {
  expect(refused(HOME.replace("client_secret: s", `client_secret: s, ${key}: x`))).toContain("there is no such key");
});

test("no refusal shows the client secret", () => {
  expect(refused(HOME.replace("client_secret: s", `client_secret: ${SECRET}, notify: ${SECRET}`))).not.toContain(
    SECRET,
  );
});
