import { systemClock } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { serveMessages } from "../../runtime/action.ts";
import type { Config } from "../../runtime/config.ts";
import { properties } from "./properties.ts";
import { useSubscriptions } from "./use-subscriptions.ts";

export default function register(RED: NodeAPI): void {
  function WithingsNotify(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const run = useSubscriptions;
    serveMessages({ RED, node: this, config, migrations: [], properties, clock: systemClock, run });
  }
  RED.nodes.registerType("withings-notify", WithingsNotify);
}
