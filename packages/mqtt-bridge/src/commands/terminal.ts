/** What a command has of the world: its output, the time, and the wish that it ends. */
export interface Terminal {
  /** Writes as it is: no newline is added. */
  readonly print: (text: string) => void;
  readonly now: () => number;
  /** Resolves when somebody asks the command to stop. */
  readonly asked: Promise<void>;
}
