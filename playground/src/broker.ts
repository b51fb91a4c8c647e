import { createServer } from "node:net";
import { Aedes } from "aedes";

/** A broker inside this process, for the lamp. */
export async function startBroker(port: number): Promise<{ stop(): Promise<void> }> {
  const aedes = await Aedes.createBroker();
  const server = createServer({ noDelay: true }, aedes.handle);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    async stop() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
