import { MessageChannel } from "node:worker_threads";
import type { Clock } from "../clock.ts";

/**
 * The same clock, whose sleeps keep the process alive. The system clock's do not, and a script that waits for an answer would end
 * silently between two tries, when no socket is open.
 */
export const awake = (clock: Clock): Clock => ({
  now: () => clock.now(),
  monotonic: () => clock.monotonic(),
  async sleep(ms, signal) {
    const { port1 } = new MessageChannel();
    port1.ref();
    try {
      await clock.sleep(ms, signal);
    } finally {
      port1.close();
    }
  },
});
