import { createServer, type Server } from "node:net";
import { Aedes } from "aedes";
import { close, listen } from "./listen.ts";

/** A broker inside this process, for the demo: it keeps nothing, and it speaks MQTT 3.1.1 only. */
export interface DemoBroker {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startBroker(port: number): Promise<DemoBroker> {
  const aedes = await Aedes.createBroker();
  // Nagle would hold back the small packets of a handshake for 40 ms.
  const server: Server = createServer({ noDelay: true }, aedes.handle);
  const url = `mqtt://127.0.0.1:${await listen(server, port)}`;
  return {
    url,
    async stop() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await close(server);
    },
  };
}
