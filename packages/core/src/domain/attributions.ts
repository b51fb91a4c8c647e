import type { Attribution, Category } from "./measure-group.ts";

const byCode = <T extends { readonly code: number }>(rows: readonly T[]): ReadonlyMap<number, T> =>
  new Map(rows.map((row) => [row.code, Object.freeze(row)]));

/** How a group came to its person. The founding document knows 0, 1, 2 and 4; the list stays open. */
export const attributions: ReadonlyMap<number, Attribution> = byCode([
  { code: 0, name: "device" },
  /** The scale could not tell between several people. */
  { code: 1, name: "ambiguous" },
  { code: 2, name: "manual" },
  { code: 3, name: "chosen_on_device" },
  /** Entered when the user was created; may be a guess. */
  { code: 4, name: "manual_at_creation" },
  /** The best of several blood-pressure readings. */
  { code: 5, name: "best_of_several" },
  { code: 7, name: "confirmed" },
  /** The API says: same as 0. */
  { code: 8, name: "device" },
  /** Comes beside another group of the same session. */
  { code: 10, name: "companion" },
  { code: 15, name: "guided" },
  { code: 17, name: "guided" },
]);

export const categories: ReadonlyMap<number, Category> = byCode<Category>([
  { code: 1, name: "measure" },
  { code: 2, name: "target" },
]);
