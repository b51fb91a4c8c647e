import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port of 127.0.0.1 that is free now: the wanted one, or any where that is taken. */
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
