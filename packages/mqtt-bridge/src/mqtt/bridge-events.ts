import { DOCUMENT_SCHEMA } from "@weighbridge/core";
import type { BridgeEvent } from "../messages/bridge-documents.ts";
import { messageOn } from "../messages/documents.ts";
import type { Topics } from "../messages/topics.ts";
import type { ControlConnection } from "./control-connection.ts";

/** Publishes what a household should see on `bridge/event`. Dropped while disconnected: the log has it too. */
export class BridgeEvents {
  readonly #topics: Topics;
  readonly #control: () => ControlConnection | undefined;

  constructor(topics: Topics, control: () => ControlConnection | undefined) {
    this.#topics = topics;
    this.#control = control;
  }

  warn(content: BridgeEvent): void {
    const control = this.#control();
    if (!control?.isConnected) return;
    const { topic, payload } = messageOn(this.#topics.bridgeEvent, { schema: DOCUMENT_SCHEMA, ...content });
    control.publish(topic, payload).catch(() => {});
  }
}
