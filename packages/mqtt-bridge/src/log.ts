// One line of JSON for each entry, with levels that change at run time, as collectors of logs know it.
import pino from "pino";

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

/** Nothing logs a secret; should a new field carry one, its name hides it. */
const SECRET_FIELDS = ["password", "publickey", "client_secret", "token", "access_token", "refresh_token"];

/** Writes one line of JSON per entry, at once: time, level, message, fields. `prettyWriter` makes it readable on a terminal. */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => number): LeveledLog {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS, censor: "[hidden]" },
    },
    { write },
  );
  const entry =
    (name: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (fields === undefined || Object.keys(fields).length === 0) logger[name](message);
      else logger[name](fields, message);
    };
  return {
    get level() {
      return logger.level as LogLevel;
    },
    set level(wanted) {
      logger.level = wanted;
    },
    ...{ debug: entry("debug"), info: entry("info"), warn: entry("warn"), error: entry("error") },
  };
}

/** Makes lines of `createLog` readable: for a terminal. */
export async function prettyWriter(
  write: (text: string) => void,
  { isColored }: { readonly isColored: boolean },
): Promise<(line: string) => void> {
  // Only where a person looks: no service loads it.
  const { prettyFactory } = await import("pino-pretty");
  const readable = prettyFactory({
    colorize: isColored,
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss",
    // The fields stand in the line itself, in place of a block below it.
    hideObject: true,
    messageFormat: ({ level: _level, time: _time, msg, ...fields }) => `${String(msg)}${wordsOf(fields)}`,
  });
  return (line) => write(readable(line) ?? "");
}

const wordsOf = (fields: object): string =>
  Object.entries(fields)
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? JSON.stringify(value) : value}`)
    .join("");
