export type LogLevel = "debug" | "info" | "warn" | "error";

/** Flat facts beside a message. Never a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** One function per level. */
export type Log = { readonly [L in LogLevel]: (message: string, fields?: LogFields) => void };

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Writes one line per entry, readable and easy to split: time, level, message, key=value. */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => number): Log {
  const entry =
    (name: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (ORDER.indexOf(name) < ORDER.indexOf(level)) return;
      const facts = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ` ${key}=${typeof value === "string" ? JSON.stringify(value) : value}`);
      write(`${new Date(now()).toISOString()} ${name.padEnd(5)} ${message}${facts.join("")}\n`);
    };
  return { debug: entry("debug"), info: entry("info"), warn: entry("warn"), error: entry("error") };
}
