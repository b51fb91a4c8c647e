import { type CommandOptions, type RunningCommand, runCommand } from "@weighbridge/testing";

const CLI = new URL("../../src/cli.ts", import.meta.url);

/** The real command, as a user starts it, until the test is over. */
export const weighbridge = (args: readonly string[], options?: CommandOptions): RunningCommand =>
  runCommand(CLI, args, options);
