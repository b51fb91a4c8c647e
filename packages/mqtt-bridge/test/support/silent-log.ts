import type { Log, LogFields, LogLevel } from "../../src/log.ts";

/** Keeps what is logged, for tests that ask. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const entry =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { lines, debug: entry("debug"), info: entry("info"), warn: entry("warn"), error: entry("error") };
}
