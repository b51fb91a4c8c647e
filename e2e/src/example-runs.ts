import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FlowNode } from "@weighbridge/playground";
import type { Person } from "@weighbridge/simulator";
import { until } from "@weighbridge/testing/parts";
import { expect } from "vitest";
import type { FlowRoom } from "./flow-room.ts";
import type { Listener } from "./listener.ts";
import type { WebService } from "./services.ts";

/** Input of an example's run; its flow is deployed and followed. */
export interface ExampleRun {
  readonly room: FlowRoom;
  readonly person: Person;
  readonly flow: readonly FlowNode[];
  readonly web: WebService;
  /** Hears everything on the broker that the flow was given. */
  readonly lamps: Listener;
}

/** At today's API a call like the one before it waits 12 s, and news that came meanwhile as long again. */
const REPEATED_MS = 60_000;

/** The id of a node of the flow. */
function idOf({ flow }: ExampleRun, type: string, name?: string): string {
  const node = flow.find((one) => one.type === type && (name === undefined || one["name"] === name));
  if (node === undefined) throw new Error(`the example has no ${type} ${name ?? ""}`);
  return node.id;
}

const debugged = async (run: ExampleRun, name: string, count = 1) =>
  (await run.room.comms.values(idOf(run, "debug", name), count)) as Record<string, unknown>[];

const LAMP = "zigbee2mqtt/bathroom lamp/set";

/** For each example: do what its user does, and see what its user gets. */
export const EXAMPLE_RUNS: Readonly<Record<string, (run: ExampleRun) => Promise<void>>> = {
  async "first-weigh-in"(run) {
    run.person.weighsIn({ weight: 81.4, fatRatio: 20 });
    const [event] = await debugged(run, "every event");
    expect(event).toMatchObject({ event_type: "weigh_in", weight: 81.4, fat_ratio: 20, unit: "kg" });
  },

  async "announce-by-speech"(run) {
    run.person.weighsIn({ weight: 81.4 });
    const { body } = await run.web.next("/speech");
    expect(JSON.parse(body)).toEqual({ message: expect.stringMatching(/ weighs 81\.4 kg\.$/) });
  },

  async "ask-about-ambiguous-weigh-in"(run) {
    run.person.weighsIn({ weight: 81.4, attribution: 1 });
    const { headers } = await run.web.next("/push");
    expect(headers["title"]).toMatch(/weigh 81\.4 kg\?$/);
    const [yes] = String(headers["actions"]).match(/http:\S+claim[^,\s]+/) ?? [];
    const answered = await fetch(String(yes), { method: "POST" });
    expect(answered.status).toBe(200);
    await run.room.comms.showsStatus(idOf(run, "withings-weigh-in"), /claimed|weigh/);
    expect((await fetch(String(yes), { method: "POST" })).status).toBe(404);
  },

  async "dashboard-chart"(run) {
    await run.room.comms.showsStatus(idOf(run, "withings-getmeas"), /^\d+ groups?$/);
    run.person.weighsIn({ weight: 81.4 });
    await run.room.comms.showsStatus(idOf(run, "withings-weigh-in"), /^81\.4 kg · /);
    expect((await fetch(`${run.room.nodeRed.url}/dashboard/`)).status).toBe(200);
  },

  async "goal-light"(run) {
    await run.room.isFollowedWhole(run.person);
    const now = run.room.simulator.clock.seconds();
    run.person.setsTarget({ weight: 80, at: now - 120 });
    run.person.weighsIn({ weight: 81.4, at: now - 60 });
    await until(() => run.lamps.lastJson(LAMP)?.["state"] === "OFF", REPEATED_MS);
    run.person.weighsIn({ weight: 79.9 });
    await until(() => run.lamps.lastJson(LAMP)?.["state"] === "ON", REPEATED_MS);
  },

  async "influxdb-line-protocol"(run) {
    const { date } = run.person.weighsIn({ weight: 81.4, fatRatio: 20 });
    const { body, headers } = await run.web.next("/influx");
    expect(body).toMatch(new RegExp(`^weigh_in,person=Ada,attribution=device \\S*weight=81\\.4\\S* ${date}$`));
    expect(body).toContain("fat_ratio=20");
    expect(headers["authorization"]).toBe("Token demo");
  },

  async "people-and-sharing"(run) {
    const answers = idOf(run, "debug", "answer");
    await run.room.nodeRed.inject(idOf(run, "inject", "profile"));
    await run.room.comms.values(answers, 1);
    await run.room.nodeRed.inject(idOf(run, "inject", "users"));
    await run.room.comms.values(answers, 2);
    await run.room.nodeRed.inject(idOf(run, "inject", "share"));
    const [profile, users] = await run.room.comms.values(answers, 3);
    expect(profile).toMatchObject({ first_name: run.person.name });
    expect(JSON.stringify(users)).toContain(String(run.person.userId));
    expect(JSON.stringify(users)).not.toContain(run.person.publicKey);
  },

  async "devices-and-goals"(run) {
    const answers = idOf(run, "debug", "answer");
    run.person.setsTarget({ weight: 65 });
    for (const [index, step] of ["profile", "devices", "goals"].entries()) {
      await run.room.nodeRed.inject(idOf(run, "inject", step));
      await run.room.comms.values(answers, index + 1);
    }
    const [profile, devices, goals] = await run.room.comms.values(answers, 3);
    expect(profile).toMatchObject({ userid: String(run.person.userId) });
    expect(devices).toMatchObject([{ kind: "Scale" }]);
    expect(goals).toEqual({ target_weight: 65 });
  },

  async "subscribe-and-check"(run) {
    const answers = idOf(run, "debug", "subscriptions");
    for (const [index, step] of ["subscribe", "check", "list", "renew", "revoke"].entries()) {
      await run.room.nodeRed.inject(idOf(run, "inject", step));
      // Today's API takes its subscribes 5 s apart, and identical lists 12 s.
      await run.room.comms.values(answers, index + 1, 60_000);
      expect(run.room.callbacksOf(run.person)).toHaveLength(step === "revoke" ? 0 : 1);
      if (step === "check") {
        run.person.weighsIn({ weight: 81.4 });
        await debugged(run, "notification");
      }
    }
    await run.room.nodeRed.inject(idOf(run, "inject", "renew"));
    const [error] = await debugged(run, "somebody must act");
    expect(error).toMatchObject({ code: "no_subscription" });
  },

  async "weekly-csv"(run) {
    run.person.weighsIn({ weight: 81.4, fatRatio: 20.1 });
    run.person.weighsIn({ weight: 80.9 });
    await run.room.nodeRed.inject(idOf(run, "inject"));
    await debugged(run, "written");
    const text = await readFile(join(run.room.nodeRed.options.userDir, "weigh-ins.csv"), "utf8");
    expect(text).toMatch(/^measured_at,weight,fat_ratio,attribution\r?\n/);
    expect(text).toMatch(/,81\.4,20\.1,device\r?\n/);
    expect(text).toMatch(/,80\.9,,device\r?\n/);
  },
};
