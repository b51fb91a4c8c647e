/**
 * Which call goes first where many wait for their place: `hint` for a weigh-in that was just announced, `call` for what somebody asked for,
 * `chore` for polls and checks that may wait. Chores leave a quarter of each minute to the others.
 */
export type Priority = "hint" | "call" | "chore";

/** Options that every call takes beside its parameters. */
export interface CallOptions {
  /** Ends the call, also while it waits for its place; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** @default "call" */
  readonly priority?: Priority;
}
