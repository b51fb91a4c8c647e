// The whole public surface of @weighbridge/core: named exports, grouped; no logic.

// Time
export { type Clock, systemClock } from "./clock.ts";
// Data that users hold, and the tables that explain it
export { attributions, categories } from "./domain/attributions.ts";
// Calls
export type { CallOptions, Priority } from "./domain/call-options.ts";
export { detailOfKey, valueNames } from "./domain/code-names.ts";
export type { Generation } from "./domain/generation.ts";
export { isMass, massIn, typeOfKey, valueIn } from "./domain/masses.ts";
export type { Attribution, Category, EpochSeconds, Measure, MeasureGroup } from "./domain/measure-group.ts";
export type { GroupPage, MeasurePage } from "./domain/measure-page.ts";
export { type MeasureType, measureType, measureTypes } from "./domain/measure-types.ts";
export type { Profile } from "./domain/profile.ts";
export type { Skipped, SkippedSink } from "./domain/skipped.ts";
export type { Subscription, SubscriptionReport } from "./domain/subscription.ts";
export {
  type FeetAndInches,
  formatWeight,
  kilogramsTo,
  kilogramsToStonesAndPounds,
  metresToFeetAndInches,
  type StonesAndPounds,
  type WeightUnit,
} from "./domain/units.ts";
export type { UnknownCode, UnknownSink } from "./domain/unknown-code.ts";
// Sync: what a host stores and publishes
export {
  type AmbiguousPolicy,
  type Derived,
  EVENT_KINDS,
  type EventKind,
  type LatestValue,
  type PersonEvent,
  type PersonState,
  type Verdict,
  type WeighIn,
} from "./domain/weigh-in.ts";
export type { Window } from "./domain/window.ts";
// Errors: who must act, and how
export { type Actor, ERROR_CODES, type ErrorCode } from "./error-codes.ts";
export {
  type Endpoint,
  type ErrorDetails,
  InvalidCallError,
  NotAuthorizedError,
  type Problem,
  problemOf,
  RejectedError,
  TokensNotKeptError,
  UnexpectedResponseError,
  UnreachableError,
  WeighbridgeError,
} from "./errors.ts";
export {
  CallbackEndpoint,
  type CallbackOutcome,
  type CallbackReply,
  isCallbackSecret,
  readCallbackBody,
} from "./follow/callback.ts";
// Notifications: reading a callback, keeping a subscription
export { checkCallbackUrl } from "./follow/callback-url.ts";
// Following a person
export { type Decided, Follower, type FollowFailure, type FollowStatus, type FollowTiming } from "./follow/follower.ts";
export { admitHint, WAITING_WINDOWS } from "./follow/hints.ts";
export { type ParsedNotification, type PersonChange, parseNotification } from "./follow/notification.ts";
export { PerMinute } from "./follow/per-minute.ts";
export { type FollowProblem, isAccountWorking } from "./follow/problem.ts";
export { recordAfter } from "./follow/record-after.ts";
export { Rounds, type Turns } from "./follow/rounds.ts";
export { type Callback, keepSubscription } from "./follow/subscription.ts";
export { Application, type ApplicationOptions } from "./http/application.ts";
export type { Method } from "./http/exchange.ts";
export type { GroupQuery, LookOptions, PersonApi } from "./ports/person-api.ts";
export type {
  FollowMemory,
  GroupReader,
  PersonCommit,
  PersonRecord,
  PersonStore,
  StoredHint,
  StoredVerdict,
  SyncChange,
  SyncedPerson,
} from "./ports/person-store.ts";
export type { Grant, TokenStore } from "./ports/token-store.ts";
export { NOTIFY_CATEGORIES, type NotifyCategory, SCALE_CATEGORIES } from "./public/categories.ts";
export {
  type AuthorizeOptions,
  createPublicClient,
  type PublicClient,
  type PublicClientOptions,
  SCOPES,
} from "./public/client.ts";
export { Consent, type ConsentClient, type ConsentInput, type ConsentOutcome } from "./public/consent.ts";
export { decodePublicPage, type PublicPage } from "./public/decode/measure-page.ts";
export type { ListedProfile } from "./public/decode/others.ts";
export type { Device } from "./public/device.ts";
export type { GrantWarning } from "./public/grant-keeper.ts";
export type { PersonSubscriptions, PublicPerson } from "./public/person.ts";
export { type ExpectedRedirect, type Redirect, readRedirect, type WrongRedirect } from "./public/redirect.ts";
export type { PublicMeasureFilters, PublicMeasureService } from "./public/services/measure.ts";
export type { PublicNotifyService, SubscriptionChange } from "./public/services/notify.ts";
export { type FileTokenStoreOptions, fileTokenStore } from "./tokens/file-token-store.ts";
export { memoryTokenStore } from "./tokens/memory-token-store.ts";
export { processLock, type TokenLock } from "./tokens/process-lock.ts";
export { createWbsClient, type WbsClient, type WbsClientOptions } from "./wbs/client.ts";
export type { WbsCredentials } from "./wbs/credentials.ts";
// Decoding what was recorded or fetched elsewhere
export { decodeMeasurePage } from "./wbs/decode/measure-page.ts";
export type { ListedSubscription } from "./wbs/listed-subscription.ts";
// The client of the original API
export { hashPassword, type PasswordProof } from "./wbs/password-hash.ts";
export type { AccountLogin, AccountService } from "./wbs/services/account.ts";
export type { GetMeasParams, MeasureFilters, MeasureService } from "./wbs/services/measure.ts";
export type { NotifyService, SubscriptionKey } from "./wbs/services/notify.ts";
export type { OnceService } from "./wbs/services/once.ts";
export type { SharingUpdate, UserService } from "./wbs/services/user.ts";
export type { WbsUser } from "./wbs/wbs-user.ts";
export { derive, nextTrend } from "./weigh-ins/derive.ts";
// Documents that hosts publish: one form of each event for MQTT and flows
export {
  boundedComment,
  type DerivedDocument,
  DOCUMENT_SCHEMA,
  derivedDocument,
  documentValues,
  type EventDocument,
  eventDocument,
  isoTime,
  type ProfileDocument,
  profileDocument,
} from "./weigh-ins/event-document.ts";
// The past, of stored groups
export { HISTORY_MARGIN_S, type PastReading, pastReadings, undecidedIn } from "./weigh-ins/history.ts";
// Events that a host can send again
export { lastWeighInEvent } from "./weigh-ins/last-event.ts";
export { emptyPersonState } from "./weigh-ins/state.ts";
export { syncWindow } from "./weigh-ins/window.ts";
