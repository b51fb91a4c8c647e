import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { completionScript } from "../../src/commands/completion.ts";
import { COMMANDS } from "../../src/commands/tree.ts";

/** What bash offers when Tab is pressed behind these words. */
function offered(...words: string[]): string[] {
  const directory = stateDir();
  mkdirSync(join(directory, "folder"));
  writeFileSync(join(directory, "home.yaml"), "");
  writeFileSync(join(directory, "script"), completionScript("bash", COMMANDS));
  // compopt only works while bash itself completes.
  const ask = `compopt() { :; }; source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weighbridge; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["-c", ask, "bash", "weighbridge", ...words], { cwd: directory, encoding: "utf8" });
  return out.split("\n").filter((line) => line !== "");
}

test("bash completes commands, their second words, options, choices and files", () => {
  expect(offered("do")).toEqual(["doctor"]);
  expect(offered("")).toEqual(expect.arrayContaining(["run", "config", "grant"]));
  expect(offered("config", "")).toEqual(expect.arrayContaining(["check", "example", "schema"]));
  expect(offered("config", "check", "--j")).toEqual(["--json"]);
  expect(offered("run", "--j")).toEqual([]);
  expect(offered("completion", "f")).toEqual(["fish"]);
  expect(offered("run", "--config", "ho")).toEqual(["home.yaml"]);
  expect(offered("--config", "home.yaml", "doctor", "--rec")).toEqual(["--record"]);
});

test("a value that somebody typed is never run", () => {
  expect(offered("run", "$(touch made)", "--conf")).toEqual(["--config"]);
});

const has = (shell: string) => {
  try {
    execFileSync(shell, ["-c", "exit 0"]);
    return true;
  } catch {
    return false;
  }
};

test.skipIf(!has("fish"))("fish completes commands, their second words, options and choices", () => {
  const directory = stateDir();
  writeFileSync(join(directory, "script.fish"), completionScript("fish", COMMANDS));
  const offered = (typed: string) =>
    execFileSync("fish", ["--no-config", "-c", `source script.fish; complete -C "weighbridge ${typed}"`], {
      cwd: directory,
      encoding: "utf8",
      env: { ...process.env, HOME: directory },
    })
      .split("\n")
      .map((line) => line.split("\t")[0] ?? "")
      .filter((line) => line !== "");
  expect(offered("do")).toEqual(["doctor"]);
  expect(offered("config ")).toEqual(expect.arrayContaining(["check", "example", "schema"]));
  expect(offered("config check --j")).toEqual(["--json"]);
  expect(offered("completion f")).toEqual(["fish"]);
});

test.skipIf(!has("zsh"))("zsh can read its script", () => {
  const file = join(stateDir(), "_weighbridge");
  writeFileSync(file, completionScript("zsh", COMMANDS));
  expect(() => execFileSync("zsh", ["-f", "-n", file])).not.toThrow();
});
