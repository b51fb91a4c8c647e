import { randomBytes } from "node:crypto";
import type { Action } from "./action.ts";

export const probe: Action = (parameters) => {
  // Clients that sent their key here were answered all the same.
  parameters.text("userid");
  parameters.text("publickey");
  parameters.end();
  return undefined;
};

/** The time in hexadecimal, then something random, as in the document's sample. */
export const get: Action = (parameters, world) => {
  parameters.end();
  const once = `${world.clock.seconds().toString(16).padStart(8, "0")}-${randomBytes(4).toString("hex")}`;
  world.addOnce(once);
  return { once };
};
