import { expect, test } from "vitest";
import { createLog, prettyWriter } from "../src/log.ts";

const NOW = Date.UTC(2026, 2, 1, 7);

function written(level: "debug" | "info" | "warn" | "error" = "info") {
  const lines: string[] = [];
  const log = createLog(
    level,
    (line) => void lines.push(line),
    () => NOW,
  );
  return { lines, log };
}

test("an entry is one line of JSON, written at once: time, level, fields, message", () => {
  const { lines, log } = written();
  log.warn("Data of this person may be missing or late", {
    person: "ada",
    code: "network",
    message: "no\nroute",
    again: undefined,
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.indexOf("\n")).toBe((lines[0]?.length ?? 0) - 1);
  expect(JSON.parse(lines[0] as string)).toEqual({
    ...{ level: "warn", time: "2026-03-01T07:00:00.000Z", msg: "Data of this person may be missing or late" },
    ...{ person: "ada", code: "network", message: "no\nroute" },
  });
});

test("entries below the level are left out, and the level changes at run time", () => {
  const { lines, log } = written("warn");
  log.info("unheard");
  expect([lines, log.level]).toEqual([[], "warn"]);
  log.level = "debug";
  log.debug("heard");
  expect([lines.length, log.level]).toEqual([1, "debug"]);
});

test("a field with the name of a secret is hidden", () => {
  const { lines, log } = written();
  for (const name of ["password", "publickey", "client_secret", "token", "access_token", "refresh_token"])
    log.error("Odd", { [name]: "hunter2", person: "ada" });
  expect(lines.join("")).not.toContain("hunter2");
  expect(lines.every((line) => line.includes("ada"))).toBe(true);
});

test("on a terminal an entry reads as words, with its fields behind them", async () => {
  const shown: string[] = [];
  const pretty = await prettyWriter((text) => void shown.push(text), { isColored: false });
  createLog("info", pretty, () => NOW).warn("The broker is away", { remedy: "Start it.", tries: 3 });
  expect(shown).toEqual([
    expect.stringMatching(/^\[2026-03-0\d \d\d:\d\d:00\] WARN: The broker is away remedy="Start it\." tries=3\n$/),
  ]);
});
