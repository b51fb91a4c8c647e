/**
 * Which call goes first where many wait for their place: `hint` for a weigh-in that was just announced, `chore` for everything else.
 */
export type Priority = "hint" | "chore";

/** Options that every call takes beside its parameters. */
export interface CallOptions {
  /** Ends the call, also while it waits for its place; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** @default "chore" */
  readonly priority?: Priority;
}
