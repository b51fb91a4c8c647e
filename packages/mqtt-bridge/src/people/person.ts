import type { PersonApi } from "@weighbridge/core";
import type { PersonConfig } from "../config/schema.ts";
import type { PersonRows } from "./person-rows.ts";

/** A person of the configuration, with the API behind them and their rows in the store. */
export interface Person {
  readonly config: PersonConfig;
  readonly api: PersonApi;
  readonly rows: PersonRows;
}

/** Stable and unique: the generation and the API's id. */
export const accountOf = ({ generation, userId }: PersonApi): string => `${generation}:${userId}`;
