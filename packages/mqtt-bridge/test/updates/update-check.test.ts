import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ManualClock } from "@weighbridge/core/testing";
import { keptLog, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { UpdateCheck } from "../../src/updates/update-check.ts";

const DAY_MS = LIMITS.updateCheckMs;

/** A registry on this machine: it remembers what it was asked. */
async function registry() {
  const asked: (string | undefined)[] = [];
  const state = { answer: JSON.stringify({ name: "x", version: "1.2.3" }), status: 200, isMute: false };
  const server = createServer((request, response) => {
    asked.push(request.url);
    if (!state.isMute) response.writeHead(state.status).end(state.answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function checked({ directory = stateDir(), clock = new ManualClock(1_772_348_400_000), ...more } = {}) {
  const server = await registry();
  const log = keptLog();
  const news: (string | null)[] = [];
  const begin = () => {
    const check = new UpdateCheck({
      ...{ registryUrl: server.url, stateDirectory: directory, clock, log, ...more },
      onNews: () => news.push(check.latest),
    });
    check.start();
    onTestFinished(() => check.stop());
    return check;
  };
  const askedAt = () => JSON.parse(readFileSync(join(directory, "update.json"), "utf8")).askedAt;
  /** Resolves when the registry was asked so often, the last time now, and the next wait has begun. */
  const settled = async (times: number) => {
    await expect.poll(() => server.asked.length).toBe(times);
    await expect.poll(() => [askedAt(), clock.sleeping]).toEqual([clock.now(), 1]);
  };
  return { ...server, clock, log, news, begin, settled, check: begin() };
}

test("the newest version is asked for at the start and once a day, and told when it is another one", async () => {
  const { check, asked, news, clock, state, settled } = await checked();
  await settled(1);
  expect(asked).toEqual(["/%40weighbridge%2Fmqtt-bridge/latest"]);
  expect([check.latest, news]).toEqual(["1.2.3", ["1.2.3"]]);
  await clock.advance(DAY_MS - 1);
  expect(asked).toHaveLength(1);
  await clock.advance(1);
  await settled(2);
  state.answer = JSON.stringify({ version: "1.3.0-beta.1" });
  await clock.advance(DAY_MS);
  await settled(3);
  expect(news).toEqual(["1.2.3", "1.3.0-beta.1"]);
});

test("a restart on the same day asks nobody, and knows what was answered", async () => {
  const { check, asked, begin, clock, settled, news } = await checked();
  await settled(1);
  await check.stop();
  const again = begin();
  await settled(1);
  expect(again.latest).toBe("1.2.3");
  await clock.advance(DAY_MS);
  await settled(2);
  expect(asked).toHaveLength(2);
  expect(news).toEqual(["1.2.3"]);
});

test.each([
  ["refuses", { status: 503 }],
  ["answers with a page", { answer: "<html>" }],
  ["names no version", { answer: JSON.stringify({ version: "latest; rm" }) }],
  ["answers without end", { answer: "x".repeat(LIMITS.updateAnswerBytes + 10) }],
])("a registry that %s is asked again tomorrow, and what was known stays", async (_, fault) => {
  const { check, state, clock, news, log, asked, settled } = await checked();
  await settled(1);
  Object.assign(state, fault);
  await clock.advance(DAY_MS);
  await settled(2);
  expect([check.latest, news]).toEqual(["1.2.3", ["1.2.3"]]);
  await clock.advance(DAY_MS - 1);
  expect(asked).toHaveLength(2);
  expect(JSON.stringify(log.lines)).not.toContain('"warn"');
});

test("a registry that never answers is left after a while, and stopping waits for none", async () => {
  const { check, state, clock, asked, settled } = await checked();
  await settled(1);
  state.isMute = true;
  await clock.advance(DAY_MS);
  await expect.poll(() => asked.length).toBe(2);
  await clock.advance(LIMITS.updateAnswerMs);
  await settled(2);
  await clock.advance(DAY_MS);
  await expect.poll(() => asked.length).toBe(3);
  await check.stop();
  expect(check.latest).toBe("1.2.3");
});
