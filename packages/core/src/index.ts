// The whole public surface of @weighbridge/core: named exports, grouped; no logic.

// Time
export { type Clock, systemClock } from "./clock.ts";
// What users hold
export type { Attribution, Category, EpochSeconds, Measure, MeasureGroup } from "./domain/measure-group.ts";
export type {
  CallOptions,
  Generation,
  GroupPage,
  GroupQuery,
  PersonApi,
  Profile,
  Subscription,
} from "./domain/person-api.ts";
// Errors: who must act, and how
export {
  type Actor,
  type Endpoint,
  InvalidCallError,
  RejectedError,
  UnexpectedResponseError,
  UnreachableError,
  WeighbridgeError,
} from "./errors.ts";

// Sync: what a host stores and publishes
export type {
  AmbiguousPolicy,
  Derived,
  EventKind,
  GroupReader,
  LatestValue,
  PersonEvent,
  PersonState,
  SyncChange,
  SyncedPerson,
  Verdict,
  WeighIn,
} from "./sync/types.ts";
