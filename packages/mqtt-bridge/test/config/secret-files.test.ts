import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { ADA, refused, SECRET, written } from "../support/config-files.ts";

describe("a secret in the wrong key", () => {
  test.each([
    ["publickey_file", SECRET],
    ["publickey_file", `${SECRET}/${SECRET}`],
    ["publickey_file", SECRET.repeat(400)],
    ["publickey_file", `"${SECRET}\\0"`],
    ["publickey_file", `[${SECRET}]`],
    ["publickey_file", `{ ${SECRET}: x }`],
  ])("%s: %j is not quoted", (key, value) => {
    const text = refused(`people:\n  - { slug: ada, name: Ada, userid: 29, ${key}: ${value} }`);
    expect(text).toContain("people[0].publickey_file (line 2)");
  });

  test.each([
    [`{ publickey:${SECRET} }`, "people[0].publickey (line 1): there is no such key; put a space behind the colon"],
    [`{ publickei:${SECRET} }`, "people[0].publickei (line 1): there is no such key; did you mean publickey?"],
    [`{ ${SECRET}: publickey }`, "people[0].… (line 1): there is no such key; take it out"],
    [`{ "${SECRET}:x": 1 }`, "people[0].… (line 1): there is no such key; take it out"],
  ])("nor is it as a key: %s", (person, words) => {
    expect(refused(`people: [${person}]`)).toContain(words);
  });

  test.each(["ca_file", "cert_file", "key_file", "password_file"])("nor is it in mqtt.%s", (key) => {
    for (const value of [SECRET, SECRET.repeat(400), `"${SECRET}\\0"`])
      expect(refused(`mqtt:\n  ${key}: ${value}`)).toContain(`mqtt.${key} (line 2)`);
  });
});

describe("files that other users may read", () => {
  function warnings(text: string, files: Readonly<Record<string, string>>, modes: Readonly<Record<string, number>>) {
    const file = written(text, files);
    for (const [name, mode] of Object.entries(modes)) chmodSync(join(file, "..", name), mode);
    const said: string[] = [];
    loadConfig({ file, onWarning: (warning) => void said.push(warning) });
    return said;
  }
  const byFile = ADA.replace(`publickey: ${SECRET}`, "publickey_file: key");

  test("a configuration with a key in it is warned about, with the key's name and the remedy", () => {
    const [warning, ...more] = warnings(ADA, {}, { "weighbridge.yaml": 0o644 });
    expect(more).toEqual([]);
    expect(warning).toContain("weighbridge.yaml holds people[0].publickey, and every user of this machine may read it");
    expect(warning).toContain("chmod o-r");
    expect(warning).not.toContain(SECRET);
  });

  test("a secret file is warned about", () => {
    const [warning, ...more] = warnings(byFile, { key: "k" }, { "weighbridge.yaml": 0o644, key: 0o644 });
    expect(more).toEqual([]);
    expect(warning).toContain("may read the file of people[0].publickey_file");
  });

  test("nothing is said of files that only their owner and group read, nor of one without a secret", () => {
    expect(warnings(ADA, {}, { "weighbridge.yaml": 0o640 })).toEqual([]);
    expect(warnings(byFile, { key: "k" }, { "weighbridge.yaml": 0o644, key: 0o600 })).toEqual([]);
  });
});
