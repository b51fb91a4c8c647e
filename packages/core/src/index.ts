// The whole public surface of @weighbridge/core: named exports, grouped; no logic.

// The client of the original API
export { hashPassword, type PasswordProof } from "./auth/password-hash.ts";
export type { WbsCredentials } from "./client/credentials.ts";
export type { Method } from "./client/exchange.ts";
export type { AccountLogin, AccountService } from "./client/services/account.ts";
export type { GetMeasParams, MeasureFilters, MeasureService } from "./client/services/measure.ts";
export type { NotifyService, SubscriptionKey } from "./client/services/notify.ts";
export type { OnceService } from "./client/services/once.ts";
export type { SharingUpdate, UserService } from "./client/services/user.ts";
export { createWbsClient, type WbsClient, type WbsClientOptions } from "./client/wbs-client.ts";
// Time
export { type Clock, systemClock } from "./clock.ts";
// Decoding what was recorded or fetched elsewhere
export { decodeMeasurePage, type UnknownSink } from "./decode/measure-page.ts";
// What users hold, and the tables that explain it
export { attributions, categories } from "./domain/attributions.ts";
export type { ListedSubscription } from "./domain/listed-subscription.ts";
export type { Attribution, Category, EpochSeconds, Measure, MeasureGroup } from "./domain/measure-group.ts";
export type { MeasurePage } from "./domain/measure-page.ts";
export { type MeasureType, measureType, measureTypes } from "./domain/measure-types.ts";
export type {
  CallOptions,
  Generation,
  GroupPage,
  GroupQuery,
  PersonApi,
  Profile,
  Subscription,
} from "./domain/person-api.ts";
export {
  type FeetAndInches,
  formatWeight,
  kilogramsTo,
  kilogramsToStonesAndPounds,
  metresToFeetAndInches,
  type StonesAndPounds,
  type WeightUnit,
} from "./domain/units.ts";
export type { UnknownCode } from "./domain/unknown-code.ts";
export type { WbsUser } from "./domain/wbs-user.ts";
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
// Following a person
export { Follower, type FollowFailure, type FollowTiming } from "./follow/follower.ts";
export type { PersonRecord, PersonStore } from "./follow/person-store.ts";
export { Rounds } from "./follow/rounds.ts";
// Notifications: reading a callback, keeping a subscription
export { checkCallbackUrl } from "./notifications/callback-url.ts";
export { type KeepInput, keepSubscription, type SubscriptionReport } from "./notifications/keep-subscription.ts";
export { type ParsedNotification, parseNotification } from "./notifications/parse-notification.ts";
export { planSubscription, SUBSCRIPTION_LIMITS, type SubscriptionStep } from "./notifications/plan.ts";
export { derive } from "./sync/derive.ts";
export { type HintedWindow, mergeHints } from "./sync/hinted-windows.ts";
export { type Chore, type ChoreIntervals, dueTimes, type LastDone } from "./sync/schedule.ts";
export { emptyPersonState } from "./sync/state.ts";
export { applyProfile, decide, type SyncInput, syncPoll, syncReread, syncWindow, type Window } from "./sync/sync.ts";
// Sync: what a host stores and publishes
export {
  type AmbiguousPolicy,
  type Derived,
  EVENT_KINDS,
  type EventKind,
  type GroupReader,
  type LatestValue,
  type PersonEvent,
  type PersonState,
  type SyncChange,
  type SyncedPerson,
  type Verdict,
  type WeighIn,
} from "./sync/types.ts";
