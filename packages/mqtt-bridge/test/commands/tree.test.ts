import { expect, test, vi } from "vitest";
import { COMMANDS } from "../../src/commands/tree.ts";
import { weighbridge } from "../support/weighbridge.ts";

// Each test starts a Node or two.
vi.setConfig({ testTimeout: 30_000 });

test("every command has a summary without an end, and examples that are that command", () => {
  for (const { name, summary, examples } of COMMANDS) {
    expect(summary, name).toMatch(/^[A-Z].*[^.]$/);
    expect(examples.length, name).toBeGreaterThan(0);
    for (const [typed] of examples) expect(`${typed} `, name).toContain(`${name} `);
  }
});

test("the help of a command says what it does, its options, and examples", async () => {
  const { code, out, err } = await weighbridge(["doctor", "--help"]).ended();
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const words of ["say what to do", "--record <file>", "--config <file>", "weighbridge doctor --record"])
    expect(out).toContain(words);
});

test("with --json a failure is a document too, with the same exit code", async () => {
  const { code, out, err } = await weighbridge(["config", "check", "--json", "-c", "/nowhere.yaml"]).ended();
  expect({ code, err }).toEqual({ code: 2, err: "" });
  expect(JSON.parse(out)).toEqual({
    error: {
      code: "config_unreadable",
      message: expect.stringContaining("/nowhere.yaml"),
      remedy: expect.stringContaining("--config"),
    },
  });
});
