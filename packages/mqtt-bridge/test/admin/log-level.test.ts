import { expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { adminUrl, ask, put } from "../support/admin.ts";
import { home } from "../support/home.ts";

test("the level of the log changes while the bridge runs, and that of the list with it", async () => {
  const at = await home();
  const lines: string[] = [];
  const log = createLog("info", (line) => void lines.push(line), Date.now);
  await at.start({ log });
  const { url } = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === "The status page is served");
  expect((await ask(url, "/api/log-level", put({ level: "error" }, {}, "PUT"))).json()).toEqual({ level: "error" });
  expect(log.level).toBe("error");
  const wrong = await ask(url, "/api/log-level", put({ level: "loud" }, {}, "PUT"));
  expect([wrong.status, wrong.json().error.code]).toEqual([400, "invalid"]);
  await ask(url, "/api/log-level", put({ level: "debug" }, {}, "PUT"));
  expect(log.level).toBe("debug");
});

test("a program with a log of its own keeps it", async () => {
  const at = await home();
  await at.start();
  const answer = await ask(adminUrl(at), "/api/log-level", put({ level: "warn" }, {}, "PUT"));
  expect([answer.status, answer.json().error.code]).toEqual([404, "foreign_log"]);
});
