import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ManualClock } from "@weighbridge/core/testing";
import { keptLog, stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { ServiceManager } from "../../src/commands/service-manager.ts";

const PID = 4711;

/** A `systemd-notify` on PATH that writes down what it is told, and a manager that finds it. */
function systemd({ exit = 0, env = {}, script = true }: { exit?: number; env?: object; script?: boolean } = {}) {
  const directory = stateDir();
  const heard = join(directory, "heard");
  const program = join(directory, "systemd-notify");
  if (script) {
    writeFileSync(program, `#!/bin/sh\necho "$*" >> '${heard}'\nexit ${exit}\n`);
    chmodSync(program, 0o755);
  }
  const clock = new ManualClock(0);
  const log = keptLog();
  const manager = new ServiceManager({
    env: { PATH: script ? `${directory}:/usr/bin:/bin` : directory, NOTIFY_SOCKET: "/run/notify", ...env },
    pid: PID,
    clock,
    log,
  });
  const lines = () => (existsSync(heard) ? readFileSync(heard, "utf8").trim().split("\n") : []);
  return { manager, clock, log, lines };
}

test("systemd hears ready once, then the watchdog every half of its limit, then stopping", async () => {
  const { manager, clock, lines, log } = systemd({ env: { WATCHDOG_USEC: "60000000", WATCHDOG_PID: `${PID}` } });
  manager.ready();
  manager.ready();
  await clock.advance(30_000);
  await clock.advance(29_000);
  await clock.advance(1_000);
  await manager.stopping();
  await manager.stopping();
  await clock.advance(60_000);
  expect(lines()).toEqual(["READY=1 STATUS=Running", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1 STATUS=Stopping"]);
  expect(log.lines).toEqual([]);
});

test.each([
  ["without a watchdog", {}],
  ["with one for another process", { WATCHDOG_USEC: "1000000", WATCHDOG_PID: "1" }],
  ["with one that is no number", { WATCHDOG_USEC: "soon" }],
])("%s nothing is fed", async (_, env) => {
  const { manager, clock, lines } = systemd({ env });
  manager.ready();
  await clock.advance(3_600_000);
  await manager.stopping();
  expect(lines()).toEqual(["READY=1 STATUS=Running", "STOPPING=1 STATUS=Stopping"]);
});

test("without systemd nothing is run", async () => {
  const { manager, clock, lines, log } = systemd({ env: { NOTIFY_SOCKET: undefined, WATCHDOG_USEC: "1000000" } });
  manager.ready();
  await clock.advance(10_000);
  await manager.stopping();
  expect([lines(), log.lines]).toEqual([[], []]);
});

test.each([
  ["is refused", { exit: 1 }, "ended with 1"],
  ["is not installed", { script: false }, "ENOENT"],
])("where systemd-notify %s, the log says what to change, and the bridge goes on", async (_, options, reason) => {
  const { manager, log } = systemd(options);
  manager.ready();
  await manager.stopping();
  expect(log.lines).toHaveLength(2);
  for (const line of log.lines)
    expect(line).toMatch(new RegExp(`^warn systemd did not hear.*${reason}.*NotifyAccess=all`));
});
