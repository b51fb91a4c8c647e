import type { Problem, Skipped } from "@weighbridge/core";
import type { Document } from "./person-documents.ts";

export type Presence = "online" | "offline";

/** Callbacks since the start, by outcome. */
export interface CallbackCounts {
  readonly taken: number;
  /** Kinds of data that nobody follows, such as sleep. */
  readonly others: number;
  readonly probes: number;
  readonly unknown_users: number;
  readonly malformed: number;
  readonly refused: number;
  readonly failed: number;
  /** Connections refused since too many were open. */
  readonly dropped: number;
}

/** Rows on disk: hints for a sync, events for the broker, events that it refused. */
export interface WaitingDocument {
  readonly hints: number;
  /** When the oldest hint was taken. */
  readonly oldest_hint: string | null;
  readonly owed: number;
  readonly parked: number;
}

/** How the bridge stands. It must not grow with people: the figures of a person stand on their own topic. */
export interface InfoDocument extends Document {
  readonly version: string;
  readonly generation: string;
  readonly people: number;
  /** How many have not consented yet, of today's API. */
  readonly waiting_for_consent: number;
  readonly last_notification: string | null;
  readonly waiting: WaitingDocument;
  /** Fields of API answers that could not be read since the start. */
  readonly unreadable_fields: number;
  /** Null where the bridge only polls. */
  readonly callbacks: CallbackCounts | null;
}

/** A warning for the household; the log has it too. */
export type BridgeEvent =
  | ({
      readonly event: "account_problem" | "subscription_failed" | "not_authorized";
      readonly person: string;
    } & Problem)
  | { readonly event: "account_recovered"; readonly person: string }
  | { readonly event: "event_parked"; readonly topic: string; readonly reason: string; readonly remedy: string }
  | { readonly event: "unknown_code"; readonly kind: string; readonly code: number }
  | ({ readonly event: "group_skipped" } & Skipped);

/** Whether there is a newer version. */
export interface UpdateDocument extends Document {
  readonly installed_version: string;
  /** Null where nobody knows it yet. */
  readonly latest_version: string | null;
}

/** The answer to a request. */
export interface ResponseDocument extends Document {
  readonly status: "ok" | "error";
  readonly data?: object;
  readonly error?: { readonly code: string; readonly message: string };
  readonly transaction?: string | number;
}
