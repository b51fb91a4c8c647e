// Prompts of a small, well-kept library: cancelling and validation on any terminal. Loaded by `init` alone.
import * as clack from "@clack/prompts";

interface Choice<V> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
}

interface TextQuestion {
  readonly message: string;
  readonly initial?: string;
  readonly placeholder?: string;
  /** What is wrong with an answer; undefined where nothing is. */
  check?(answer: string): string | undefined;
}

/** A person at a terminal who answers questions. */
export interface Asker {
  begin(words: string): void;
  end(words: string): void;
  /** Says that something is under way. A spinner of the library would end the process at Ctrl-C with 0, as if all were done. */
  step(words: string): void;
  say(words: string): void;
  warn(words: string): void;
  text(question: TextQuestion): Promise<string>;
  /** The answer is not shown. */
  secret(question: Pick<TextQuestion, "message" | "check">): Promise<string>;
  choose<V extends string>(message: string, choices: readonly Choice<V>[]): Promise<V>;
  confirm(message: string, initial?: boolean): Promise<boolean>;
}

/** The person ended the questions (Ctrl-C, Escape). */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

function answered<V>(answer: V): Exclude<V, symbol> {
  if (clack.isCancel(answer)) throw new Cancelled("cancelled");
  return answer as Exclude<V, symbol>;
}

export function terminalAsker(): Asker {
  // A terminal that does not say how wide it is, such as one of docker exec, would get one letter in a line.
  if (!process.stdout.columns) Object.assign(process.stdout, { columns: 80, rows: 24 });
  const checked = (check: TextQuestion["check"]) =>
    check && { validate: (answer: string | undefined) => check((answer ?? "").trim()) };
  return {
    begin: (words) => clack.intro(words),
    end: (words) => clack.outro(words),
    step: (words) => clack.log.step(`${words} …`),
    say: (words) => clack.log.message(words),
    warn: (words) => clack.log.warn(words),
    async text({ message, initial, placeholder, check }) {
      const more = { ...(initial !== undefined && { initialValue: initial }), ...(placeholder && { placeholder }) };
      return answered(await clack.text({ message, ...more, ...checked(check) })).trim();
    },
    async secret({ message, check }) {
      return answered(await clack.password({ message, ...checked(check) })).trim();
    },
    async choose<V extends string>(message: string, choices: readonly Choice<V>[]): Promise<V> {
      const options = choices.map(({ value, label, hint }) => ({ value, label, ...(hint && { hint }) }));
      return answered(await clack.select<string>({ message, options })) as V;
    },
    async confirm(message, initial = true) {
      return answered(await clack.confirm({ message, initialValue: initial }));
    },
  };
}
