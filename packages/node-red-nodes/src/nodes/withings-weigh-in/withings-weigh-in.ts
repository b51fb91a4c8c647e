import { type Problem, problemOf, systemClock } from "@weighbridge/core";
import type { Node, NodeAPI, NodeStatus } from "node-red";
import { catchable, forCatchNode, SetupError } from "../../errors.ts";
import { accountNodeOf } from "../../runtime/account-node.ts";
import { type Config, settingOf } from "../../runtime/config.ts";
import { migrated } from "../../runtime/migrate.ts";
import { weighInSettings } from "./settings.ts";
import { type EventMessage, type Standing, standingOf, WeighIn } from "./weigh-in.ts";

interface WeighInNode extends Node {
  /** Sends the last weigh-in again. */
  repeat?(): Promise<void>;
}

const STATUS: Readonly<Record<"starting" | "polling" | "waiting" | "subscribed", NodeStatus>> = {
  starting: { fill: "blue", shape: "dot", text: "status.starting" },
  polling: { fill: "green", shape: "ring", text: "status.polling" },
  waiting: { fill: "yellow", shape: "ring", text: "status.subscribing" },
  subscribed: { fill: "green", shape: "ring", text: "status.subscribed" },
};

const GREEN_DOT = { fill: "green", shape: "dot" } as const;

/** Texts such as `status.deleted` are keys, which the editor shows in the user's language. */
function statusOf(RED: NodeAPI, standing: Standing): NodeStatus {
  switch (standing.kind) {
    case "weight":
      return { ...GREEN_DOT, text: standing.isAmbiguous ? `${standing.text} ?` : standing.text };
    case "target":
      return { ...GREEN_DOT, text: RED._("status.target", { weight: standing.weight }) };
    case "news":
    case "done":
      return { ...GREEN_DOT, text: `status.${standing.word}` };
    case "problem":
      return { fill: standing.isWorking ? "yellow" : "red", shape: "ring", text: standing.code };
    default:
      return STATUS[standing.kind];
  }
}

export default function register(RED: NodeAPI): void {
  /** Before all nodes are there, a message would reach nobody. */
  const waiting = new Set<() => void>();
  const beginAll = () => {
    for (const begin of waiting) begin();
    waiting.clear();
  };

  function WithingsWeighIn(this: WeighInNode, config: Config): void {
    RED.nodes.createNode(this, config);
    const show = (standing: Standing) => this.status(statusOf(RED, standing));
    const warn = ({ message, remedy, code }: Problem) => this.warn(`${message}. ${remedy} (${code})`);
    // With a message, so that a Catch node gets it.
    const report = (problem: Problem) => this.error(catchable(problem), { topic: "problem", payload: problem });
    const failed = (error: unknown) => {
      show(standingOf(problemOf(error)));
      report(problemOf(error));
    };
    let weighIn: WeighIn | undefined;
    let starting: Promise<void> = Promise.resolve();

    const start = async () => {
      const current = migrated(config, []);
      const accountNode = accountNodeOf(RED, current["account"]);
      const account = accountNode.account();
      const settings = weighInSettings((name) => settingOf(RED, this, current, name));
      const publicUrl = String(current["publicurl"] ?? "").trim();
      if (publicUrl !== "") accountNode.adopt(publicUrl);
      const send = (message: EventMessage) => this.send({ ...message });
      const running = new WeighIn({ nodeId: this.id, account, settings, clock: systemClock, send, show, report });
      weighIn = running;
      await running.start();
    };
    const begin = () => {
      starting = start().catch(failed);
    };
    // One listener for all of them: more than ten would look like a leak.
    if (waiting.size === 0) RED.events.once("flows:started", beginAll);
    waiting.add(begin);

    const command = (topic: unknown, payload?: unknown) =>
      weighIn?.command(topic, payload) ?? Promise.reject(notStarted());
    this.repeat = () => command("repeat");
    this.on("input", (msg, _send, done) => {
      command(msg.topic, msg.payload).then(
        () => done(),
        (error: unknown) => done(forCatchNode(error)),
      );
    });

    this.on("close", (removed: boolean, done: () => void) => {
      waiting.delete(begin);
      if (waiting.size === 0) RED.events.removeListener("flows:started", beginAll);
      // At once: in a full deploy the account closes in the same turn.
      const stopped = weighIn?.stop({ isRemoved: removed });
      const steps = [() => stopped, () => starting, () => this.status({})];
      void eachOf(steps, (error) => warn(problemOf(error))).then(() => done());
    });
  }
  RED.nodes.registerType("withings-weigh-in", WithingsWeighIn);
  serveRepeat(RED);
}

/** Every step, whatever became of the others. Never rejects. */
async function eachOf(steps: readonly (() => unknown)[], onFailure: (error: unknown) => void): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      onFailure(error);
    }
  }
}

function notStarted(): SetupError {
  return new SetupError("the weigh-in node has not started", {
    code: "not_ready",
    remedy: "Look at the node's status: its account or a setting is wrong.",
  });
}

/** The form's button "Send the last weigh-in again": the deployed node gets the command. */
function serveRepeat(RED: NodeAPI): void {
  const mayWrite = RED.auth.needsPermission("withings-weigh-in.write");
  RED.httpAdmin.post("/withings-weigh-in/repeat/:id", mayWrite, (request, response) => {
    const node = RED.nodes.getNode(String(request.params["id"])) as WeighInNode | undefined;
    const repeated = node?.repeat?.() ?? Promise.reject(notStarted());
    repeated.then(
      () => response.json({ ok: true }),
      (error: unknown) => response.json({ ok: false, problem: problemOf(error) }),
    );
  });
}
