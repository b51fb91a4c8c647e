import type { Problem, WrongRedirect } from "@weighbridge/core";
import type { LogLevel } from "../log.ts";
import type { InfoDocument, Presence } from "../messages/bridge-documents.ts";
import type {
  LastWeighInDocument,
  StateDocument,
  StatusDocument,
  SubscriptionDocument,
} from "../messages/person-documents.ts";

// Answers of the private HTTP side, for the status page, the command line and scripts. Types only: the page imports them, too.

/** Every answer that is no success, with its HTTP status. */
export interface ErrorAnswer {
  readonly error: Problem;
}

/** `GET /readyz`: 200 where ready, otherwise 503. */
export interface ReadyAnswer {
  readonly ready: boolean;
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
}

/** `GET /api/status`. */
export interface StatusAnswer {
  readonly version: string;
  readonly generation: string;
  readonly started_at: string;
  readonly broker: Presence;
  /** False where the bridge only polls. */
  readonly has_callback: boolean;
  readonly info: InfoDocument;
  readonly problems: readonly StatusProblem[];
  /** People whose consent is missing or has ended: each can be given on the page. */
  readonly consents: readonly { readonly person: string; readonly name: string; readonly code: string }[];
  readonly people: readonly StatusPerson[];
}

export interface StatusProblem extends Problem {
  /** The person's slug; null for a problem of the whole bridge. */
  readonly person: string | null;
  readonly part: "account" | "subscription" | "bridge";
  /** When this process first saw it. */
  readonly since?: string;
}

export interface StatusPerson {
  readonly slug: string;
  readonly name: string;
  readonly weight_unit: StateDocument["unit"];
  readonly status: StatusDocument;
  readonly subscription: SubscriptionDocument;
  /** Null before the first sync. */
  readonly state: StateDocument | null;
  readonly last_weigh_in: LastWeighInDocument | null;
  /** Weigh-ins that wait for *claim* or *refuse*. */
  readonly held: number;
}

/** `GET /api/people/<slug>/weigh-ins?from=&to=&limit=&held=`, the newest first. */
export interface WeighInsAnswer {
  readonly unit: StateDocument["unit"];
  readonly weigh_ins: readonly ListedWeighIn[];
  /** Older ones are there: ask again with `to` before the last one. */
  readonly more: boolean;
}

export interface ListedWeighIn {
  readonly weigh_in: number;
  readonly measured_at: string;
  readonly weight: number;
  /** By measure, the weight too; masses in the person's unit. */
  readonly values: Readonly<Record<string, number>>;
  readonly attribution: string;
  readonly verdict: "claimed" | "refused" | null;
  /** Waits for *claim* or *refuse*. */
  readonly held: boolean;
  readonly device?: string;
}

/** `GET /api/people/<slug>/series?measure=&from=&to=&points=`, ascending. */
export interface SeriesAnswer {
  readonly measure: string;
  readonly unit: string;
  readonly points: readonly (readonly [epochS: number, value: number])[];
}

/** `GET /api/held`: everybody's, the newest first. */
export interface HeldAnswer {
  readonly weigh_ins: readonly HeldWeighIn[];
}

export interface HeldWeighIn {
  /** The slug of the person whom the API gave it to. */
  readonly person: string;
  readonly name: string;
  readonly weigh_in: number;
  readonly measured_at: string;
  readonly weight: number;
  readonly unit: StateDocument["unit"];
  /** People whose last weight is nearest, in the same unit. */
  readonly others: readonly { readonly person: string; readonly name: string; readonly last_weight: number | null }[];
}

export type EntryKind = "event" | "callback" | "problem" | "log";

/** An entry of `GET /api/recent`, and of `GET /api/live` as one message. */
export interface RecentEntry {
  /** Ascends; `Last-Event-ID` resumes after it. */
  readonly id: number;
  readonly at: string;
  readonly kind: EntryKind;
  readonly person: string | null;
  readonly code: string;
  /** In English; `code` and `data` are for other languages. */
  readonly words: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** `GET /api/recent`, the oldest first. */
export interface RecentAnswer {
  readonly entries: readonly RecentEntry[];
}

/** `POST /api/sync`, its first line: whose polls are waited for. */
export interface SyncHead {
  readonly people: readonly string[];
}

/** `POST /api/sync`, one line at the end of each person's poll. */
export interface SyncLine {
  readonly person: string;
  /** The documents of the events that came of it. */
  readonly events: readonly object[];
  /** Null where the poll worked. */
  readonly error: Problem | null;
  /** When a failed poll is tried again by itself; null where nothing failed, or somebody must act before. */
  readonly again_in_s: number | null;
}

/** `POST /api/people/<slug>/consent` with `{}`. */
export interface ConsentLinkAnswer {
  /** The consent page. Works once, for ten minutes, until the next link is asked for. */
  readonly link: string;
  /** The beginning of the address that the browser is led to afterwards. */
  readonly redirect_url: string;
}

/** `POST /api/people/<slug>/consent` with `{"address": "…"}`. Everything but `authorized` stored nothing, and needs a fresh link. */
export interface ConsentAnswer {
  readonly outcome:
    | "authorized"
    | "refused"
    | WrongRedirect
    | "failed"
    | "stranger_expected"
    | "stranger_other"
    | "stranger_before";
  /** Of the other person who consented. */
  readonly userid: string | null;
  /** `stranger_expected`: the userid of the configuration; `stranger_other`: who that is; `stranger_before`: the userid so far. */
  readonly other: string | null;
  readonly problem: Problem | null;
  /** Logs the other person out, and leads to a fresh consent page. */
  readonly first_open: string | null;
}

/** `PUT /api/log-level`: request and answer. */
export interface LogLevelAnswer {
  readonly level: LogLevel;
}
