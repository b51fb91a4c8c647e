import type { PersonApi, PublicPerson } from "@weighbridge/core";
import type { AccountConfig, PersonConfig } from "../config/schema.ts";
import type { PersonRows } from "./person-rows.ts";

/** A person of the configuration, with the API behind them and their rows in the store. */
export interface Person {
  readonly config: PersonConfig;
  readonly account: AccountConfig;
  readonly api: PersonApi;
  /** Only today's API can do it. */
  readonly today?: PublicPerson;
  readonly rows: PersonRows;
}
