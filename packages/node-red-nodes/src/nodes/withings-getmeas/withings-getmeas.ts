import { systemClock } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { serveMessages } from "../../runtime/action.ts";
import type { Config } from "../../runtime/config.ts";
import { stateFile } from "../../runtime/state-files.ts";
import { NewsFile } from "./news-file.ts";
import { properties } from "./properties.ts";
import { readMeasures } from "./read-measures.ts";

export default function register(RED: NodeAPI): void {
  function WithingsGetmeas(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const news = new NewsFile(stateFile(RED, "getmeas", this.id));
    serveMessages({
      RED,
      node: this,
      config,
      migrations: [],
      properties,
      clock: systemClock,
      async run(call) {
        if (call.msg["reset"] === true) await news.forget();
        return readMeasures({ ...call, news, newId: () => RED.util.generateId() });
      },
    });
  }
  RED.nodes.registerType("withings-getmeas", WithingsGetmeas);
}
