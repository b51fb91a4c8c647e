// Runs in a thread of its own: opens the database a second time and makes the transactions that it is sent. Imports nothing but Node and the
// statements beside it, since it starts in the middle of a burst.
import { parentPort, workerData } from "node:worker_threads";
import { openConnection } from "./connection.ts";
import { Statements, type Step } from "./statements.ts";
import type { ThreadAnswer } from "./write-thread.ts";

const { file } = workerData as { readonly file: string };
const statements = new Statements(openConnection(file));
const answer = (content: ThreadAnswer) => parentPort?.postMessage(content);

parentPort?.on("message", (steps: readonly Step[]) => {
  try {
    answer({ is: "stored", results: statements.commit(steps) });
  } catch (error) {
    const { message, errcode } = error as Error & { readonly errcode?: unknown };
    answer({ is: "failed", message, errcode });
  }
});
answer({ is: "ready" });
