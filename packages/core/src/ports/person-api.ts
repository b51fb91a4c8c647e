import type { CallOptions } from "../domain/call-options.ts";
import type { Generation } from "../domain/generation.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { GroupPage } from "../domain/measure-page.ts";
import type { Profile } from "../domain/profile.ts";
import type { Subscription } from "../domain/subscription.ts";

/** Which groups: measured in a window (both ends included), or added or modified since; all without either. */
export type GroupQuery =
  | { readonly from: EpochSeconds; readonly to: EpochSeconds }
  | { readonly modifiedSince: EpochSeconds }
  | Record<string, never>;

export interface LookOptions extends CallOptions {
  /** An earlier callback URL of the same installation, whose subscription is still to be ended. */
  readonly previousUrl?: string;
}

/**
 * One person at one API: all that sync, subscriptions and hosts ever see of a generation.
 * Every call throws a WeighbridgeError.
 */
export interface PersonApi {
  readonly generation: Generation;
  readonly userId: string;
  /** Pages of groups, in no certain order. */
  measureGroups(query: GroupQuery, options?: CallOptions): AsyncIterable<GroupPage>;
  profile(options?: CallOptions): Promise<Profile>;
  /** Undefined where there is none. */
  subscription(callbackUrl: string, options?: LookOptions): Promise<Subscription | undefined>;
  /** Makes what is missing of it, or renews it; gives what there is then. */
  subscribe(callbackUrl: string, comment: string, options?: CallOptions): Promise<Subscription>;
  /** True where there was one. */
  revoke(callbackUrl: string, options?: CallOptions): Promise<boolean>;
}
