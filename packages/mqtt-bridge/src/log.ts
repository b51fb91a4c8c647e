export type LogLevel = "debug" | "info" | "warn" | "error";

/** Flat facts beside a message. Never a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** One function per level. */
export type Log = { readonly [L in LogLevel]: (message: string, fields?: LogFields) => void };

/** A log whose level can change while the bridge runs. */
export interface LeveledLog extends Log {
  level: LogLevel;
}

/** From the lowest to the highest. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

const isLogged = (level: LogLevel, lowest: LogLevel) => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(lowest);

/** The level of a log that knows its own. */
const levelOf = (log: Log & { readonly level?: LogLevel }): LogLevel => log.level ?? "info";

/** The same log, with somebody who hears every entry that it writes. */
export function tapped(log: Log, hear: (level: LogLevel, message: string, fields: LogFields) => void): Log {
  const entry =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      log[level](message, fields);
      if (isLogged(level, levelOf(log))) hear(level, message, fields);
    };
  return { debug: entry("debug"), info: entry("info"), warn: entry("warn"), error: entry("error") };
}

/** Writes one line per entry, readable and easy to split: time, level, message, key=value. */
export function createLog(lowest: LogLevel, write: (line: string) => void, now: () => number): LeveledLog {
  const entry =
    (name: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (!isLogged(name, log.level)) return;
      const facts = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ` ${key}=${typeof value === "string" ? JSON.stringify(value) : value}`);
      write(`${new Date(now()).toISOString()} ${name.padEnd(5)} ${message}${facts.join("")}\n`);
    };
  const log: LeveledLog = {
    level: lowest,
    ...{ debug: entry("debug"), info: entry("info"), warn: entry("warn"), error: entry("error") },
  };
  return log;
}
