import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { type ConfigSources, loadConfig, loadRunnableConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/errors.ts";
import { ADA, load, refusal, refused, SECRET, tls, written } from "../support/config-files.ts";

describe("a bridge that is to run", () => {
  const running = (sources: ConfigSources) => () => loadRunnableConfig(sources);

  test("watches somebody: with nobody in it, it would forget everybody whom it knew", () => {
    expect(running({ file: written("people: []") })).toThrow(/has no people/);
    expect(running({ file: written("") })).toThrow(ConfigError);
    const people = '[{"slug": "ada", "name": "Ada", "userid": 29, "publickey": "k"}]';
    expect(loadRunnableConfig({ env: { WEIGHBRIDGE_PEOPLE: people } }).people).toHaveLength(1);
  });

  test("is told where a configuration may come from when there is none", () => {
    expect(running({ env: { HOME: "/root" } })).toThrow(/--config <file>, no WEIGHBRIDGE_PEOPLE/);
  });
});

describe("what is taken", () => {
  test("an empty file gives every default", () => {
    expect(load("")).toMatchObject({
      api: { generation: "wbs", base_url: "http://wbsapi.withings.net/" },
      mqtt: { url: "mqtt://127.0.0.1:1883", base_topic: "weighbridge" },
      people: [],
    });
  });

  test("a section with nothing below it is as good as none", () => {
    expect(load("mqtt:\napi:\npeople:\n").mqtt.url).toBe("mqtt://127.0.0.1:1883");
  });

  test("a password of digits stays text, with its zeros", () => {
    expect(load("mqtt: { username: u, password: 0123 }").mqtt.password).toBe("0123");
    expect(load("mqtt: { username: u }", { WEIGHBRIDGE_MQTT__PASSWORD: "0123" }).mqtt.password).toBe("0123");
  });

  test("a publickey that looks like a number stays as it is written", () => {
    const keys = ["12345678901234567890", "1e5000000000000", "0x12ab", "true"];
    const people = keys.map((key, index) => `{slug: p${index}, name: N, userid: ${index + 1}, publickey: ${key}}`);
    const { people: taken } = load(`people: [${people.join(", ")}]`);
    expect(taken.map(({ publickey }) => publickey)).toEqual(keys);
  });

  test("a version of MQTT may stand with or without quotes", () => {
    expect(load("mqtt: { version: 5 }").mqtt.version).toBe("5");
    expect(load('mqtt: { version: "5" }').mqtt.version).toBe("5");
    expect(load("mqtt: { version: 3.1.1 }").mqtt.version).toBe("3.1.1");
  });

  test("numbers and switches are what the schema says they are", () => {
    const { callback, home_assistant } = load('callback: { port: "9000" }\nhome_assistant: { enabled: false }');
    expect({ port: callback.port, enabled: home_assistant.enabled }).toEqual({ port: 9000, enabled: false });
  });

  test("paths in the file are meant from where the file is", () => {
    const file = written("state_dir: here\nmqtt: { ca_file: ca.pem }", { "ca.pem": tls("bridge.pem") });
    const directory = join(file, "..");
    expect(loadConfig({ file })).toMatchObject({
      state_dir: join(directory, "here"),
      mqtt: { ca_file: join(directory, "ca.pem") },
    });
  });
});

describe("the environment", () => {
  test("sets a key of a section, and wins over the file", () => {
    const env = { WEIGHBRIDGE_MQTT__URL: "mqtt://b:1883", WEIGHBRIDGE_API__TIMEOUT_S: "5", OTHER: "x" };
    const { mqtt, api } = load("mqtt: { url: 'mqtt://a:1883', username: u }", env);
    expect({ mqtt, api }).toMatchObject({ mqtt: { url: "mqtt://b:1883", username: "u" }, api: { timeout_s: 5 } });
  });

  test("is enough without a file, people as JSON", () => {
    const people = `[{"slug":"ada","name":"Ada","userid":29,"publickey":"00${SECRET}"}]`;
    const { people: taken } = loadConfig({ env: { WEIGHBRIDGE_PEOPLE: people } });
    expect(taken).toMatchObject([{ slug: "ada", userid: 29, publickey: `00${SECRET}` }]);
  });

  test("an empty variable sets nothing", () => {
    expect(load("mqtt: { username: u }", { WEIGHBRIDGE_MQTT__USERNAME: "" }).mqtt.username).toBe("u");
  });

  test("what is wrong in it is named by the variable, not by a line of the file", () => {
    const text = refused("mqtt:\n  url: mqtt://a", { WEIGHBRIDGE_MQTT__URL: "http://b" });
    expect(text).toContain("mqtt.url (WEIGHBRIDGE_MQTT__URL): must be a URL that starts with mqtt://");
  });

  test("people that are not JSON are refused by the variable's name, unquoted", () => {
    for (const people of [`[{"publickey": "${SECRET}"`, SECRET, `{publickey: "${SECRET}`]) {
      const text = refused("", { WEIGHBRIDGE_PEOPLE: people });
      expect(text).toContain("WEIGHBRIDGE_PEOPLE");
    }
  });

  test("a variable that sets no key is refused, with the key that was meant", () => {
    const text = refused("", { WEIGHBRIDGE_MQTT__USER: "u" });
    expect(text).toContain("mqtt.user (WEIGHBRIDGE_MQTT__USER): there is no such key");
    expect(refused("", { WEIGHBRIDGE_MQTT__URI: "u" })).toContain("did you mean url?");
  });
});

describe("secrets in files", () => {
  const person = "people: [{ slug: ada, name: Ada, userid: 29, publickey_file: key }]";

  test("are read from where the configuration is, without the newline at the end", () => {
    const file = written(`${person}\nmqtt: { username: u, password_file: password }`, {
      key: `${SECRET}\n`,
      password: "0123\n",
    });
    expect(loadConfig({ file })).toMatchObject({ people: [{ publickey: SECRET }], mqtt: { password: "0123" } });
  });

  test("can be named in the environment", () => {
    const directory = stateDir();
    writeFileSync(join(directory, "password"), SECRET);
    const env = { WEIGHBRIDGE_MQTT__USERNAME: "u", WEIGHBRIDGE_MQTT__PASSWORD_FILE: join(directory, "password") };
    expect(loadConfig({ env }).mqtt.password).toBe(SECRET);
  });

  test("a missing file is one problem, not two", () => {
    const text = refused(`mqtt:\n  username: u\n${person}`);
    expect(text).toContain("people[0].publickey_file (line 3): the file cannot be read: there is no such file");
    expect(text).not.toContain("is missing");
  });

  test("an empty file is refused", () => {
    expect(refusal({ file: written(person, { key: "\n" }) })).toContain("publickey_file (line 1): the file is empty");
  });

  test("a key and its file together are refused", () => {
    const file = written(`mqtt:\n  password: ${SECRET}\n  password_file: p`, { p: "x" });
    expect(refusal({ file })).toContain("mqtt.password_file (line 3): password is set as well; keep one of the two");
  });

  test("a certificate that is not there is found at once, not at the first connection", () => {
    expect(refused("mqtt:\n  ca_file: ca.pem")).toContain("mqtt.ca_file (line 2): the file cannot be read");
  });
});

describe("what is refused", () => {
  test.each([
    ["mqtt:\n  url: http://a", "mqtt.url (line 2): must be a URL that starts with mqtt://"],
    ["mqtt:\n  url: 192.168.1.10", "mqtt.url (line 2): must be a URL that starts with mqtt://"],
    ["mqtt:\n  base_topic: $SYS/scale", "mqtt.base_topic (line 2): must not start with $"],
    ['mqtt:\n  base_topic: "a\\0b"', "mqtt.base_topic (line 2): must have no control characters"],
    ['mqtt:\n  base_topic: "a\\x01b"', "mqtt.base_topic (line 2): must have no control characters"],
    ['mqtt:\n  base_topic: "a\\x85b"', "mqtt.base_topic (line 2): must have no"],
    ['mqtt:\n  base_topic: "a\\uFFFEb"', "mqtt.base_topic (line 2): must have no control characters"],
    ['mqtt:\n  base_topic: "a\\uD800b"', "mqtt.base_topic (line 2): must have no control characters"],
    [`mqtt:\n  base_topic: ${"a".repeat(201)}`, "mqtt.base_topic (line 2): must have at most 200 characters"],
    ["mqtt:\n  base_topic: home/+/scale", "mqtt.base_topic (line 2): must have no wildcard"],
    ['home_assistant:\n  discovery_prefix: "a\\0b"', "home_assistant.discovery_prefix (line 2): must have no control"],
    ["home_assistant:\n  status_topic: $SYS", "home_assistant.status_topic (line 2): must not start with $"],
    ["mqtt:\n  base_topic: home/#", "mqtt.base_topic (line 2): must have no wildcard"],
    ["mqtt:\n  base_topic: home/", "mqtt.base_topic (line 2): must have no wildcard, no space, and no / at either end"],
    ["mqtt:\n  version: 4", "mqtt.version (line 2): must be 5 or auto or 3.1.1"],
    ["mqtt:\n  client_id: my bridge", "mqtt.client_id (line 2): use visible ASCII characters without spaces"],
    [`mqtt:\n  client_id: ${"a".repeat(121)}`, "mqtt.client_id (line 2): use visible ASCII characters"],
    ["api:\n  base_url: wbsapi", "api.base_url (line 2): must be a URL that starts with http:// or https://"],
    ["api:\n  generation: public", "api.generation (line 2): must be wbs"],
    ["api:\n  timeout_s: 0", "api.timeout_s (line 2): must be more than 0"],
    ["api:\n  timeout_s: soon", "api.timeout_s (line 2): must be a number"],
    ["callback:\n  port: 65536", "callback.port (line 2): must be at most 65535"],
    ["callback:\n  port: 80.5", "callback.port (line 2): must be a whole number"],
    ["home_assistant:\n  enabled: yes", "home_assistant.enabled (line 2): must be true or false"],
    ["log:\n  level: loud", "log.level (line 2): must be debug or info or warn or error"],
    ["log: loud", "log (line 1): must be a section"],
    ["people: ada", "people (line 1): must be a list"],
    [`${ADA}    weight_unit: stone`, "people[0].weight_unit (line 6): must be kg or lb or st"],
    [ADA.replace("slug: ada", "slug: Ada"), "people[0].slug (line 2): use lower case letters"],
    [ADA.replace("    userid: 29\n", ""), "people[0].userid (line 2): is missing. The userid at the API."],
    [ADA.replace("29", "ada@example.org"), "people[0].userid (line 4): must be a number"],
    [ADA.replace(/ {4}publickey.*\n/, ""), "people[0].publickey (line 2): is missing."],
    [ADA.replace("name: Ada", `name: ${"A".repeat(61)}`), "people[0].name (line 3): must have at most 60 characters"],
  ])("%j", (text, words) => {
    expect(refused(text)).toContain(words);
  });

  test("every wrong key is named at once", () => {
    const text = refused("mqtt:\n  url: x\nlog:\n  level: x\n");
    expect(text).toContain("mqtt.url (line 2)");
    expect(text).toContain("log.level (line 4)");
    expect(text).toContain("weighbridge.example.yaml");
  });

  test.each([
    ["mqqt:\n  url: x", "mqqt (line 1): there is no such key; did you mean mqtt?"],
    ["mqtt:\n  url: mqtt://a\n  pasword: x", "mqtt.pasword (line 3): there is no such key; did you mean password?"],
    [
      `${ADA}    publickeyfile: x`,
      "people[0].publickeyfile (line 6): there is no such key; did you mean publickey_file?",
    ],
    ["mqtt:\n  retain_everything: true", "mqtt.retain_everything (line 2): there is no such key; take it out"],
  ])("an unknown key, with the nearest known one: %j", (text, words) => {
    expect(refused(text)).toContain(words);
  });

  test("two people with one slug, or with one userid", () => {
    const twins = `${ADA}${ADA.replace("people:\n", "")}`;
    const text = refused(twins);
    expect(text).toContain("people[1].slug (line 6): people[0] has it already; give each person a slug of their own");
    expect(text).toContain("people[1].userid (line 8): people[0] has it already; name each person once");
  });

  test.each([
    [`http://home.example.org/${"x".repeat(90)}`, "has 137 characters with its secret path, the API takes 128"],
    ["http://me:pw@home.example.org", "must not hold a user name or a password"],
    ["http://home.example.org/?a=1", "must not have a part after ?"],
    ["home.example.org:8480", "must be a URL that starts with http:// or https://"],
  ])("a callback URL that the API would refuse: %s", (url, reason) => {
    expect(refused(`callback:\n  public_url: ${url}`)).toContain(`callback.public_url (line 2): ${reason}`);
  });
});

describe("a file that cannot be used at all", () => {
  test.each([
    [`mqtt:\n  password: "${SECRET}\n`, "a text whose closing quote or bracket is missing"],
    [`mqtt:\n\tpassword: ${SECRET}`, "line 2 is indented by a tab"],
    [`mqtt:\n  password: @${SECRET}`, "line 2 has a text that starts with a special character: put it in quotes"],
    [`mqtt:\n  password: a: ${SECRET}`, "line 2 holds more than one colon with a space behind it"],
    [`people:\n  - slug: ada\n   name: ${SECRET}\n`, "line 3 is not indented like its neighbours"],
    [`mqtt:\n  username: x\n    password: ${SECRET}`, "line 2 is followed by a line that is indented too far"],
    [`mqtt:\n  password: ${SECRET}\n  password: x`, "line 3 repeats a key of the same section"],
    [`mqtt:\n  password: *${SECRET}`, "a text that starts with * needs quotes"],
    [SECRET, "must be a list of `key: value` lines"],
  ])("says what is wrong where, and quotes nothing: %j", (text, words) => {
    expect(refused(text)).toContain(words);
  });

  test("is not there", () => {
    const text = refusal({ file: "/nowhere/weighbridge.yaml" });
    expect(text).toContain("/nowhere/weighbridge.yaml cannot be read: there is no such file");
    expect(text).toContain("--config <file>");
  });

  test("is a directory, or may not be read", () => {
    const directory = stateDir();
    mkdirSync(join(directory, "dir"));
    expect(refusal({ file: join(directory, "dir") })).toContain("it is a directory");
    const file = written("");
    chmodSync(file, 0);
    // Root may read everything.
    if (process.getuid?.() !== 0) expect(refusal({ file })).toContain("this user may not read it");
  });
});

test("the private side listens to other machines only with a token, or for Home Assistant", () => {
  const listening = (keys: string) => load(`admin: { host: 0.0.0.0, ${keys} }`).admin;
  expect(() => listening("")).toThrow(/admin\.host.*admin\.token/s);
  expect(() => listening("token: short")).toThrow(/admin\.token/);
  expect(listening("token: 0123456789abcdef").port).toBe(8481);
  expect(listening("ingress: true").token).toBeUndefined();
  expect(listening("enabled: false").enabled).toBe(false);
  for (const host of ["127.0.0.1", "127.1.2.3", "localhost", '"::1"'])
    expect(load(`admin: { host: ${host} }`).admin.enabled).toBe(true);
});
