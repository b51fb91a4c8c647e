import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** True where the fault has answered, or has made sure that nothing does. */
export async function failInstead(
  fault: Fault,
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  switch (fault.kind) {
    case "html":
      response.writeHead(503, { "content-type": "text/html" }).end("<html><body>Down for maintenance</body></html>");
      return true;
    case "http-500":
      response.writeHead(500).end();
      return true;
    case "drop":
      request.socket.destroy();
      return true;
    case "hang":
      return true;
    case "slow":
      await world.clock.sleep(fault.ms ?? 1_000);
      return false;
    case "empty":
      response.writeHead(200, { "content-type": "application/json" }).end('{"status":0,"body":{}}');
      return true;
    case "ignore-offset":
    case "lose-answer":
      return false;
    default:
      throw new Refusal(Number(fault.kind), "fault on demand");
  }
}
