import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect } from "vitest";
import { type ConfigSources, loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/errors.ts";

/** Stands wherever a secret can stand. */
export const SECRET = "s3cr3t-0123";

export const ADA = `people:
  - slug: ada
    name: Ada
    userid: 29
    publickey: ${SECRET}
`;

export function written(text: string, files: Readonly<Record<string, string>> = {}): string {
  const directory = stateDir();
  for (const [name, content] of Object.entries({ ...files, "weighbridge.yaml": text }))
    writeFileSync(join(directory, name), content);
  return join(directory, "weighbridge.yaml");
}

/** A self-signed certificate and its key, made for these tests. */
export const tls = (name: string) => readFileSync(new URL(`../config/tls/${name}`, import.meta.url), "utf8");

export const load = (text: string, env: ConfigSources["env"] = {}) => loadConfig({ file: written(text), env });

/** The text that the operator reads. */
export function refusal(sources: ConfigSources): string {
  try {
    loadConfig(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { actor, message, remedy } = error as ConfigError;
    expect(actor).toBe("operator");
    expect(`${message}${remedy}`).not.toContain(SECRET);
    return `${message}\n${remedy}`;
  }
  throw new Error("it was taken");
}
export const refused = (text: string, env: ConfigSources["env"] = {}) => refusal({ file: written(text), env });
