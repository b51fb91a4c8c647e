import { type Clock, problemOf } from "@weighbridge/core";
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from "node-red";
import type { Account } from "../account/account.ts";
import { forCatchNode } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { CallError } from "../shared/call-error.ts";
import { messageFields, type Properties } from "../shared/properties.ts";
import { accountOf } from "./account-node.ts";
import { type Config, type Fields, fieldsOf } from "./config.ts";
import { type Migration, migrated } from "./migrate.ts";

/** Input of a behaviour. */
export interface ActionCall {
  readonly account: Account;
  readonly fields: Fields;
  readonly msg: NodeMessage;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Result of a behaviour: each output is one message's changes. */
export interface ActionResult {
  readonly messages: readonly NodeMessage[];
  /** Under 20 characters. */
  readonly status: string;
  /** Called once, with whether the messages were sent. */
  settle?(isSent: boolean): Promise<void>;
}

export interface ActionInput {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly config: Config;
  readonly migrations: readonly Migration[];
  readonly properties: Properties;
  readonly clock: Clock;
  run(call: ActionCall): Promise<ActionResult>;
}

type Send = (msg: NodeMessage | (NodeMessage | NodeMessage[] | null)[]) => void;

/** Wires a behaviour to a node: status and done for every path, no rejection that escapes, and a close that waits. */
export function serveMessages(input: ActionInput): void {
  const { node, RED } = input;
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const set = setUp(input);

  node.on("input", (msg, send, done) => {
    const served = serve(msg, send).then(() => done(), failed);
    const ended: Promise<void> = served.finally(() => running.delete(ended));
    running.add(ended);

    function failed(error: unknown): void {
      // Closing the node ended the work: that is no error.
      if (closing.signal.aborted) return done();
      node.status({ fill: "red", shape: "ring", text: problemOf(error).code });
      done(forCatchNode(error));
    }
  });

  node.on("close", (_removed: boolean, done: () => void) => {
    closing.abort();
    void Promise.allSettled(running).then(() => {
      node.status({});
      done();
    });
  });

  async function serve(msg: NodeMessageInFlow, send: Send): Promise<void> {
    if (running.size >= LIMITS.messagesAtOnce) throw tooBusy();
    if (set.config === undefined) throw set.error;
    const account = accountOf(RED, set.config["account"]);
    const fields = await fieldsOf({ RED, node, config: set.config }, messageFields(input.properties), msg);
    node.status({ fill: "blue", shape: "dot", text: "status.working" });
    const result = await input.run({ account, fields, msg, clock: input.clock, signal: closing.signal });
    let isSent = false;
    try {
      if (closing.signal.aborted) return;
      node.status({ fill: "green", shape: "dot", text: result.status });
      for (const [index, changes] of result.messages.entries()) {
        // The last one is the message itself, so that what hangs on it goes on.
        const base = index === result.messages.length - 1 ? msg : RED.util.cloneMessage(msg);
        send(Object.assign(base, changes));
      }
      isSent = true;
    } finally {
      await result.settle?.(isSent);
    }
  }
}

/** Settings of a newer version fail each message, not the start of the flow. */
function setUp({ node, config, migrations }: ActionInput): { readonly config?: Config; readonly error?: unknown } {
  try {
    return { config: migrated(config, migrations) };
  } catch (error) {
    node.status({ fill: "red", shape: "ring", text: problemOf(error).code });
    return { error };
  }
}

function tooBusy(): CallError {
  return new CallError(`the node works on ${LIMITS.messagesAtOnce} messages already`, {
    code: "too_busy",
    remedy: "Send fewer messages at once: a Delay node in front limits the rate.",
  });
}
