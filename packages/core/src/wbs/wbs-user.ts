import type { Profile } from "../domain/profile.ts";

/** A user of the original API. Everything but the id and the key is optional, as the API has it. */
export interface WbsUser extends Profile {
  readonly id: number;
  /** A secret: reads everything of this user. */
  readonly publicKey: string;
  /** Bit mask of the devices whose data is shared: 1 scale, 4 blood-pressure monitor. */
  readonly sharing?: number;
}
