/** Prints nothing and keeps each entry as `level message {fields}`. */
export function keptLog() {
  const lines: string[] = [];
  const entry =
    (level: string) =>
    (message: string, fields: object = {}): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { lines, debug: entry("debug"), info: entry("info"), warn: entry("warn"), error: entry("error") };
}
