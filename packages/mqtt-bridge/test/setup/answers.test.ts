import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { loadRunnableConfig } from "../../src/config/load.ts";
import { type Answers, configOf, filesOf } from "../../src/setup/answers.ts";
import { slugOf } from "../../src/setup/wizard.ts";
import { existing, writeFiles } from "../../src/setup/write.ts";

const ANSWERS: Answers = {
  generation: "wbs",
  baseUrl: "http://127.0.0.1:8470/",
  people: [
    { slug: "ada", name: "Ada", unit: "st", userid: 29, publickey: { typed: "0123 # 4: 5" } },
    { slug: "bob", name: "Bob", unit: "kg", userid: 30, publickey: { typed: "'quoted'" } },
  ],
  broker: { url: "mqtts://broker:8883", username: "w", password: { typed: "00 1" } },
  port: 9999,
};

test("the files that are written read back as the answers, and the configuration holds no secret", () => {
  const folder = stateDir();
  const file = join(folder, "weighbridge.yaml");
  const files = filesOf(ANSWERS, folder);
  for (const secret of ["0123 # 4", "quoted", "00 1"]) expect(files.text).not.toContain(secret);
  writeFiles(file, files, false);
  const { people, mqtt, callback } = loadRunnableConfig({ file });
  expect(people).toMatchObject([
    { slug: "ada", userid: 29, publickey: "0123 # 4: 5", weight_unit: "st" },
    { slug: "bob", publickey: "'quoted'", weight_unit: "kg" },
  ]);
  expect({ mqtt, callback }).toMatchObject({ mqtt: { username: "w", password: "00 1" }, callback: { port: 9999 } });
  expect(existing(file, files)).toHaveLength(4);
  expect(() => writeFiles(file, files, false)).toThrow("is there already");
});

test("a secret that has a file already stays there, and the configuration names it", () => {
  const folder = stateDir();
  mkdirSync(join(folder, "keys"));
  const file = join(folder, "keys/broker");
  writeFileSync(file, "hush\n");
  const { text, secrets } = filesOf(
    { ...ANSWERS, people: [], broker: { url: "mqtt://b", username: "w", password: { file, content: "hush" } } },
    folder,
  );
  expect(secrets).toEqual([]);
  expect(text).toContain("password_file: keys/broker");
});

test("an answer that cannot be is named before anything is written", () => {
  const answers: Answers = { ...ANSWERS, generation: "public", clientId: "c", clientSecret: { typed: "s" } };
  expect(() =>
    configOf({ ...answers, baseUrl: "https://wbsapi.withings.net/", publicUrl: "http://home.example.org" }),
  ).toThrow(/callback\.public_url must start with https/);
});

test.each([
  ["Zoë", "zoe"],
  ["Jean-Luc  P.", "jean-luc-p"],
  ["李", "person"],
])("the slug of %s is %s", (name, slug) => expect(slugOf(name)).toBe(slug));
