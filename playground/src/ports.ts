import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** The port where it is free, else any that is. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen(wanted, "127.0.0.1");
    await listening;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || wanted === 0) throw error;
    return freePort();
  }
  const { port } = server.address() as AddressInfo;
  const closed = once(server, "close");
  server.close();
  await closed;
  return port;
}
