import { type Problem, problemOf } from "@weighbridge/core";

/** One thing that was looked at. */
export interface Finding {
  /** `note`: works, and may explain what somebody wonders about. */
  readonly is: "good" | "note" | "bad";
  /** The account or the person, by id or slug; `callback` for the callback URL. */
  readonly subject: string;
  /** Stable name of what was looked at. */
  readonly check: string;
  readonly words: string;
  /** What to do; absent where nothing is wrong. */
  readonly remedy?: string;
}

type Words = Omit<Finding, "is" | "remedy">;

export const good = (words: Words): Finding => ({ is: "good", ...words });
export const note = (words: Words & { readonly remedy: string }): Finding => ({ is: "note", ...words });
export const bad = (words: Words & { readonly remedy: string }): Finding => ({ is: "bad", ...words });

/** Of what was thrown: its words, without a secret, and its remedy. */
export function failed(at: Pick<Finding, "subject" | "check">, error: unknown): Finding {
  const { code, message, remedy }: Problem = problemOf(error);
  return bad({ ...at, words: `${message} (${code})`, remedy });
}
