// An MQTT broker for machines without Mosquitto.
import { Broker } from "@weighbridge/testing/parts";

const [port] = process.argv.slice(2);
await Broker.start(Number(port));
