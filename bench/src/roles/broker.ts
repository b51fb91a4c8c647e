// An MQTT broker for machines without Mosquitto.
import { createServer } from "node:net";
import { Aedes } from "aedes";

const [port] = process.argv.slice(2);
const broker = await Aedes.createBroker();
createServer(broker.handle).listen(Number(port), "127.0.0.1");
