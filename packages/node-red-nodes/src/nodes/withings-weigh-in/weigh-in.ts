import {
  type Clock,
  type EventKind,
  formatWeight,
  isAccountWorking,
  lastWeighInEvent,
  type PersonEvent,
  type Problem,
  problemOf,
  type WeightUnit,
} from "@weighbridge/core";
import type { Account, SubscriptionState, WeighInListener } from "../../account/account.ts";
import { eventPayload } from "../../documents/documents.ts";
import { LIMITS } from "../../limits.ts";
import { CallError } from "../../shared/call-error.ts";

export interface WeighInSettings {
  /** Those that make messages. */
  readonly events: ReadonlySet<EventKind>;
  readonly unit: WeightUnit;
}

/** The status below the node. */
export type Standing =
  | { readonly kind: "starting" | "polling" | "waiting" | "subscribed" }
  /** `text`: the weight with its unit, and the local time of the weigh-in. */
  | { readonly kind: "weight"; readonly text: string; readonly isAmbiguous: boolean }
  | { readonly kind: "target"; readonly weight: string }
  | { readonly kind: "news"; readonly word: Exclude<EventKind, "weigh_in" | "weigh_in_updated"> }
  | { readonly kind: "done"; readonly word: Done }
  /** `isWorking`: weigh-ins come all the same, if late. */
  | { readonly kind: "problem"; readonly code: string; readonly isWorking: boolean };

type Done = "syncing" | "claimed" | "refused" | "repeated";

export interface EventMessage {
  readonly topic: EventKind;
  readonly payload: ReturnType<typeof eventPayload>;
}

export interface WeighInInput {
  readonly nodeId: string;
  readonly account: Account;
  readonly settings: WeighInSettings;
  readonly clock: Clock;
  send(message: EventMessage): void;
  show(standing: Standing): void;
  /** Called once for each problem. */
  report(problem: Problem): void;
}

const IDLE = {
  none: { kind: "polling" },
  pending: { kind: "waiting" },
  kept: { kind: "subscribed" },
} as const satisfies Record<SubscriptionState, Standing>;

/** As the account's or the node's problem is shown. */
export const standingOf = (problem: Problem): Standing => ({
  kind: "problem",
  code: problem.code,
  isWorking: isAccountWorking(problem),
});

const COMMANDS = ["claim", "refuse", "sync", "repeat"] as const;

/** A weigh-in node without Node-RED: hears the account's events, and takes commands. */
export class WeighIn implements WeighInListener {
  readonly #input: WeighInInput;
  /** Shown while there is no weigh-in and no problem. */
  #idle: Standing = { kind: "starting" };
  #problem: Problem | null = null;
  /** The newest weigh-in, as it is shown. */
  #newest: { readonly id: number | null; readonly measuredAt: number; readonly shown: Standing } | undefined;
  /** Ends the wait after which a passing status gives way. */
  #passing = new AbortController();

  constructor(input: WeighInInput) {
    this.#input = input;
  }

  get id(): string {
    return this.#input.nodeId;
  }

  async start(): Promise<void> {
    this.#input.show(this.#idle);
    await this.#input.account.attach(this);
  }

  /** Throws what kept the subscription from being ended, where the last node that used it is removed. Call it in the turn in which the account may be stopped, too. */
  async stop({ isRemoved }: { readonly isRemoved: boolean }): Promise<void> {
    this.#passing.abort();
    await this.#input.account.detach(this, { isRemoved });
  }

  /** Does what a message to the node asks for, and shows what became of it for a moment. */
  async command(topic: unknown, payload: unknown): Promise<void> {
    try {
      this.#pass({ kind: "done", word: await this.#obey(topic, payload) });
    } catch (error) {
      this.#pass({ kind: "problem", code: problemOf(error).code, isWorking: false });
      throw error;
    }
  }

  async #obey(topic: unknown, payload: unknown): Promise<Done> {
    const { account } = this.#input;
    const command = COMMANDS.find((known) => known === topic);
    if (command === undefined)
      throw new CallError(`the topic is not one of ${COMMANDS.join(", ")}`, {
        code: "unknown_command",
        remedy:
          'Set msg.topic to "claim" or "refuse" with the weigh-in as msg.payload, to "sync" to poll now, or to "repeat" to send the last weigh-in again.',
      });
    if (command === "repeat") return this.#repeat();
    if (command === "sync") {
      account.requestPoll();
      return "syncing";
    }
    const decided = await account.decide(weighInIdOf(payload), command === "claim" ? "claimed" : "refused");
    if (decided === "done") return command === "claim" ? "claimed" : "refused";
    if (decided === "not_held")
      throw new CallError("the scale is sure whose weigh-in this is", {
        code: "not_held",
        remedy:
          "Only a weigh-in of a weigh_in_ambiguous event can be claimed or refused: edit or delete this one in the Withings app.",
      });
    throw new CallError("there is no such weigh-in", {
      code: "unknown_weigh_in",
      remedy: "Hand back weigh_in of the weigh_in_ambiguous event, as it came.",
    });
  }

  /** Sends the last weigh-in that counts, whatever events are chosen: it was asked for. */
  #repeat(): Done {
    const { account, clock } = this.#input;
    const recordedAt = Math.floor(clock.now() / 1000);
    const { state, who } = account;
    const eventCount = account.eventCount(state?.lastWeighIn?.id ?? 0);
    const event = state && lastWeighInEvent(state, { personKey: who.key, recordedAt, eventCount });
    if (event === undefined)
      throw new CallError("no weigh-in is known yet", {
        code: "unknown_weigh_in",
        remedy: "Step on the scale once, then ask again.",
      });
    this.#send(event);
    return "repeated";
  }

  onEvent(event: PersonEvent): void {
    this.#showEvent(event);
    if (this.#input.settings.events.has(event.kind)) this.#send(event);
  }

  onProblem(problem: Problem | null): void {
    if (problem?.code === this.#problem?.code) return;
    this.#problem = problem;
    this.#showResting();
    if (problem) this.#input.report(problem);
  }

  onSubscription(state: SubscriptionState): void {
    this.#idle = IDLE[state];
    this.#showResting();
  }

  onPerson(): void {
    this.#newest = undefined;
    this.#showResting();
  }

  #send(event: PersonEvent): void {
    const { account, settings, send } = this.#input;
    const { name: person, userId } = account.who;
    const frame = { person, userId, unit: settings.unit };
    send({ topic: event.kind, payload: eventPayload(event, frame) });
  }

  /** A weight stays until a newer one comes; everything else passes. */
  #showEvent(event: PersonEvent): void {
    const { kind, subjectId: id, measuredAt, values } = event;
    const weight =
      values["weight"] === undefined ? undefined : formatWeight(values["weight"], this.#input.settings.unit);
    if (kind === "weigh_in" || kind === "weigh_in_updated") {
      const isOlder = this.#newest ? measuredAt < this.#newest.measuredAt : event.backdated;
      if (isOlder || weight === undefined) return;
      const shown: Standing = { kind: "weight", text: `${weight} · ${localTime(measuredAt)}`, isAmbiguous: false };
      this.#newest = { id, measuredAt, shown };
      return this.#pass(shown);
    }
    if (kind === "weigh_in_deleted" && this.#newest?.id === id) this.#newest = undefined;
    if (kind === "weigh_in_ambiguous" && weight !== undefined)
      return this.#pass({ kind: "weight", text: `${weight} · ${localTime(measuredAt)}`, isAmbiguous: true });
    if (kind === "target_set" && weight !== undefined) return this.#pass({ kind: "target", weight });
    this.#pass({ kind: "news", word: kind });
  }

  /** A problem before the newest weight, and that before what the node waits for. */
  #showResting(): void {
    this.#passing.abort();
    this.#input.show(this.#problem === null ? (this.#newest?.shown ?? this.#idle) : standingOf(this.#problem));
  }

  /** Shows something that gives way to the resting status after a while. */
  #pass(standing: Standing): void {
    this.#passing.abort();
    this.#passing = new AbortController();
    this.#input.show(standing);
    this.#input.clock.sleep(LIMITS.passingStatusMs, this.#passing.signal).then(
      () => this.#showResting(),
      () => {},
    );
  }
}

/** `2026-03-01 07:00` where Node-RED runs. */
function localTime(seconds: number): string {
  const at = new Date(seconds * 1000);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** A number, or an event as it came. */
function weighInIdOf(payload: unknown): number {
  const given = typeof payload === "object" && payload !== null && "weigh_in" in payload ? payload.weigh_in : payload;
  const id = typeof given === "string" ? Number(given) : given;
  if (typeof id === "number" && Number.isSafeInteger(id)) return id;
  throw new CallError("the payload names no weigh-in", {
    code: "invalid_value",
    remedy: "Set msg.payload to the number of the weigh-in, or to an event that holds it as weigh_in.",
  });
}
