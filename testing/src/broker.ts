import { onTestFinished } from "vitest";
import { Broker } from "./parts/broker.ts";

/** An embedded broker with its subscribers, until the test is over. */
export async function startBroker(): Promise<Broker> {
  const broker = await Broker.start();
  onTestFinished(() => broker.stop());
  return broker;
}
