// For tests: everything here ends by itself when the test that started it is over.

export { startBroker } from "./broker.ts";
export { type CommandOptions, type EndedCommand, type RunningCommand, runCommand } from "./command.ts";
export { keptLog } from "./kept-log.ts";
export * from "./parts/index.ts";
export { startReceiver } from "./receiver.ts";
export { serve } from "./serve.ts";
export { stateDir } from "./state-dir.ts";
export { START, simulate, startWorld, type World } from "./world.ts";
