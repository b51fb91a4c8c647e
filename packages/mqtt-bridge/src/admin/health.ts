import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { ReadyAnswer } from "./contract.ts";

export interface HealthInput {
  readonly stateDir: string;
  /** A write failed: the process is about to end. */
  isStoreFailed(): boolean;
  /** Undefined where it need not: the bridge only polls, or another program takes the callbacks. */
  isReceiverListening(): boolean | undefined;
}

/** Whether the bridge can take weigh-ins in. Neither broker nor API count: what comes meanwhile waits on disk. */
export async function readiness({ stateDir, isStoreFailed, isReceiverListening }: HealthInput): Promise<ReadyAnswer> {
  const isWritable = !isStoreFailed() && (await isWritableFolder(stateDir));
  const reasons = [
    ...(isWritable ? [] : [{ code: "state_unwritable", message: "the state directory cannot be written" }]),
    ...(isReceiverListening() === false
      ? [{ code: "receiver_closed", message: "the receiver of callbacks does not listen" }]
      : []),
  ];
  return { ready: reasons.length === 0, reasons };
}

/** False on a file system that was mounted again for reading only. */
const isWritableFolder = (folder: string) =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
