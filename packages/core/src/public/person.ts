import type { Clock } from "../clock.ts";
import type { CallOptions } from "../domain/call-options.ts";
import type { Subscription } from "../domain/subscription.ts";
import { RejectedError } from "../errors.ts";
import { readBody } from "../http/read-body.ts";
import type { Transport } from "../http/transport.ts";
import type { GroupQuery, LookOptions, PersonApi } from "../ports/person-api.ts";
import { CALLS } from "./calls.ts";
import type { NotifyCategory } from "./categories.ts";
import { decodeDevices, decodeWeightGoal, type ListedProfile } from "./decode/others.ts";
import type { Device } from "./device.ts";
import type { AnnouncedEnd } from "./grant-keeper.ts";
import { GRANT_LIMITS } from "./limits.ts";
import type { PublicMeasureFilters, PublicMeasureService } from "./services/measure.ts";
import type { PublicNotifyService } from "./services/notify.ts";

/** The part of the port that is about callbacks. */
export type PersonSubscriptions = Pick<PersonApi, "subscription" | "subscribe" | "revoke">;

/** One person at today's API: the port, and what only this generation can do. */
export interface PublicPerson extends PersonApi {
  readonly measure: PublicMeasureService;
  readonly notify: PublicNotifyService;
  /** Subscriptions to these kinds of data alone, instead of those that the client was made with. */
  subscriptionsTo(categories: readonly NotifyCategory[]): PersonSubscriptions;
  devices(options?: CallOptions): Promise<readonly Device[]>;
  /** The weight that the person wants to reach, kilograms; undefined without a goal. */
  weightGoal(options?: CallOptions): Promise<number | undefined>;
  /** A callback says that the person withdrew the consent, or deleted the account: tells the problem's code, once a call is refused. */
  announce(end: AnnouncedEnd): void;
  /** Ends the consent at the service, with all subscriptions, and drops the stored tokens. */
  signOut(options?: CallOptions): Promise<void>;
}

export interface PublicPersonInput {
  readonly userId: string;
  readonly transport: Transport;
  readonly measure: PublicMeasureService;
  readonly notify: PublicNotifyService;
  readonly clock: Clock;
  readonly categories: readonly NotifyCategory[];
  /** Subscriptions of this application with other URLs than ours: another installation shares the application. */
  onForeign(count: number): void;
  announce(end: AnnouncedEnd): void;
  signOut(options?: CallOptions): Promise<void>;
}

export function publicPerson(input: PublicPersonInput): PublicPerson {
  const { userId, transport, measure, notify, announce, signOut } = input;
  const weightGoal = async (options?: CallOptions) => {
    const body = await transport.send(CALLS.getGoals, {}, options);
    return readBody(CALLS.getGoals, () => decodeWeightGoal(body));
  };
  return {
    generation: "public",
    userId,
    measure,
    notify,
    weightGoal,
    announce,
    signOut,
    measureGroups: (query, options) => measure.pages(filtersOf(query), options),
    async profile(options) {
      const targetWeight = await weightGoal(options);
      return targetWeight === undefined ? {} : { targetWeight };
    },
    async devices(options) {
      const body = await transport.send(CALLS.getDevice, {}, options);
      return readBody(CALLS.getDevice, () => decodeDevices(body));
    },
    ...subscriptionsTo(input),
    subscriptionsTo: (categories) => subscriptionsTo({ ...input, categories }),
  };
}

function subscriptionsTo(input: PublicPersonInput): PersonSubscriptions {
  const subscriptions = new Subscriptions(input);
  return {
    subscription: (callbackUrl, options) => subscriptions.look(callbackUrl, options),
    subscribe: (callbackUrl, comment, options) => subscriptions.complete(callbackUrl, comment, options),
    revoke: (callbackUrl, options) => subscriptions.revoke(callbackUrl, options),
  };
}

function filtersOf(query: GroupQuery): PublicMeasureFilters {
  if ("modifiedSince" in query) return { lastUpdate: query["modifiedSince"] };
  return "from" in query ? { startDate: query["from"], endDate: query["to"] } : {};
}

/** Of one person: a subscription here is one for each wanted category, with one URL. */
class Subscriptions {
  readonly #input: PublicPersonInput;
  /** Of the last list, for the subscribe that follows: the same list twice in a row would be refused. */
  #listed: { readonly profiles: readonly ListedProfile[]; readonly at: number } | undefined;
  #foreign = 0;

  constructor(input: PublicPersonInput) {
    this.#input = input;
  }

  /** Undefined where any wanted category lacks it. */
  async look(callbackUrl: string, { previousUrl, ...options }: LookOptions = {}): Promise<Subscription | undefined> {
    const profiles = await this.#list(options);
    const ours = [callbackUrl, ...(previousUrl === undefined ? [] : [previousUrl])];
    this.#reportForeign(profiles.filter((one) => !ours.some((url) => isSameUrl(one.callbackUrl, url))).length);
    const isWhole = this.#lacking(profiles, callbackUrl).length === 0;
    return isWhole ? { callbackUrl } : undefined;
  }

  /** Subscribes what lacks, and leaves the rest alone. Rejects where nothing at all is subscribed then. */
  async complete(callbackUrl: string, comment: string, options?: CallOptions): Promise<Subscription> {
    const { categories, notify, clock } = this.#input;
    const fresh =
      this.#listed && clock.monotonic() - this.#listed.at < GRANT_LIMITS.listLastsMs ? this.#listed : undefined;
    const wanted = this.#lacking(fresh?.profiles ?? (await this.#list(options)), callbackUrl);
    this.#listed = undefined;
    const refused: NotifyCategory[] = [];
    for (const category of wanted)
      try {
        await notify.subscribe(callbackUrl, category, comment, options);
      } catch (error) {
        if (!isUrlRefused(error) || refused.length + 1 === categories.length) throw error;
        refused.push(category);
      }
    return { callbackUrl, ...(refused.length > 0 && { lacking: refused }) };
  }

  /** Each category whose URL is exactly ours. True where there was one. */
  async revoke(callbackUrl: string, options?: CallOptions): Promise<boolean> {
    const { notify, categories } = this.#input;
    const known = new Set<string>(categories);
    const ours = (await this.#list(options)).filter(
      (one) => known.has(one.category) && isSameUrl(one.callbackUrl, callbackUrl),
    );
    this.#listed = undefined;
    // In the service's own spelling.
    for (const { category, callbackUrl: url } of ours)
      await revokeOne(notify, url, category as NotifyCategory, options);
    return ours.length > 0;
  }

  async #list(options: CallOptions | undefined): Promise<readonly ListedProfile[]> {
    const { notify, clock } = this.#input;
    const profiles = await notify.list(undefined, options);
    this.#listed = { profiles, at: clock.monotonic() };
    return profiles;
  }

  #lacking(profiles: readonly ListedProfile[], callbackUrl: string): NotifyCategory[] {
    const ours = profiles.filter((one) => isSameUrl(one.callbackUrl, callbackUrl));
    const present = new Set(ours.map(({ category }) => category));
    return this.#input.categories.filter((category) => !present.has(category));
  }

  #reportForeign(count: number): void {
    if (count > this.#foreign) this.#input.onForeign(count);
    this.#foreign = count;
  }
}

const isUrlRefused = (error: unknown): boolean =>
  error instanceof RejectedError && error.code === "callback_url_refused";

async function revokeOne(
  notify: PublicNotifyService,
  url: string,
  category: NotifyCategory,
  options: CallOptions | undefined,
): Promise<void> {
  try {
    await notify.revoke(url, category, options);
  } catch (error) {
    const isGone = error instanceof RejectedError && GONE.has(error.code);
    if (!isGone) throw error;
  }
}

const GONE: ReadonlySet<string> = new Set(["nothing_to_revoke", "no_subscription"]);

/** URLs come back in another spelling: a slash at the end, another order of the query. */
function isSameUrl(a: string, b: string): boolean {
  return a === b || (URL.canParse(a) && URL.canParse(b) && spelled(a) === spelled(b));
}

function spelled(text: string): string {
  const url = new URL(text);
  url.searchParams.sort();
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url.href;
}
