import type { Application, Consent } from "../applications/application.ts";
import type { Person } from "../person.ts";
import type { World } from "../world.ts";

/** The parties of a call about one person. */
export interface Called {
  readonly world: World;
  readonly person: Person;
  readonly application: Application;
  readonly consent: Consent;
  /** A fault: every page is the first one. */
  readonly ignoresOffset: boolean;
}
