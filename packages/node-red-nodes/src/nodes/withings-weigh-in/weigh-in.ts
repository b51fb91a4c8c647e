import {
  type EventKind,
  formatWeight,
  InvalidCallError,
  type PersonEvent,
  type SubscriptionReport,
  type WeightUnit,
} from "@weighbridge/core";
import type { Account, Taking, WeighInListener } from "../../account/account.ts";
import { eventDocument } from "../../documents/documents.ts";
import type { Problem } from "../../errors.ts";
import { callbackUrlOf } from "../../shared/callback-address.ts";

export interface WeighInSettings {
  /** Those that make messages. */
  readonly events: ReadonlySet<EventKind>;
  readonly unit: WeightUnit;
  /** Undefined: only polling. */
  readonly publicUrl: string | undefined;
  readonly comment: string;
  readonly isRevokedOnRemoval: boolean;
}

/** What people see on the node. */
export type Standing =
  | { readonly kind: "starting" | "polling" | "waiting" | "subscribed" }
  | { readonly kind: "event"; readonly text: string }
  | { readonly kind: "problem"; readonly code: string };

export interface EventMessage {
  readonly topic: EventKind;
  readonly payload: Record<string, unknown>;
}

export interface WeighInInput {
  readonly nodeId: string;
  readonly account: Account;
  readonly settings: WeighInSettings;
  /** The unguessable part of the callback's path. */
  readonly secret: string;
  send(message: EventMessage): void;
  show(standing: Standing): void;
  warn(problem: Problem): void;
}

const COMMANDS = ["claim", "refuse", "sync"] as const;

/** A weigh-in node without Node-RED: hears the account's events, keeps a subscription, and takes commands. */
export class WeighIn implements WeighInListener {
  readonly #input: WeighInInput;
  #idle: Standing = { kind: "starting" };
  #problem: Problem | null = null;
  /** Code of the subscription's problem, as it was told last. */
  #toldSubscription: string | undefined;
  #isStopped = false;

  constructor(input: WeighInInput) {
    this.#input = input;
  }

  get id(): string {
    return this.#input.nodeId;
  }

  async start(): Promise<void> {
    const { account, settings, secret, nodeId, show, warn } = this.#input;
    show(this.#idle);
    await account.attach(this);
    if (this.#isStopped) return;
    if (settings.publicUrl === undefined) return this.#rest({ kind: "polling" });
    const callbackUrl = callbackUrlOf(settings.publicUrl, secret);
    const refusal = account.api.refusalOf(callbackUrl);
    if (refusal !== undefined) {
      const remedy = "Correct the public URL in the weigh-in node; weigh-ins are polled meanwhile.";
      warn({ code: "callback_url", message: `the callback URL ${refusal}`, remedy });
      return this.#rest({ kind: "problem", code: "callback_url" });
    }
    this.#rest({ kind: "waiting" });
    const { comment } = settings;
    account.keepSubscription({ nodeId, callbackUrl, comment, onReport: (report) => this.#onSubscription(report) });
  }

  /** Throws what kept the subscription from being ended. Call it in the turn in which the account may be stopped, too: it must hear of this first. */
  async stop({ isRemoved }: { readonly isRemoved: boolean }): Promise<void> {
    const { account, settings, nodeId } = this.#input;
    this.#isStopped = true;
    try {
      if (isRemoved && settings.isRevokedOnRemoval) await account.revokeSubscription(nodeId);
      else account.leaveSubscription(nodeId);
    } finally {
      await account.detach(this, { isRemoved });
    }
  }

  takeNotification(call: { readonly query: string; readonly body: string }): Promise<Taking> {
    return this.#input.account.takeNotification(call);
  }

  /** What a message to the node asks for. Gives a status. */
  async command(topic: unknown, payload: unknown): Promise<string> {
    const { account } = this.#input;
    const command = COMMANDS.find((known) => known === topic);
    if (command === undefined)
      throw new InvalidCallError(`the topic is not one of ${COMMANDS.join(", ")}`, {
        code: "unknown_command",
        remedy: 'Set msg.topic to "claim" or "refuse" with the weigh-in as msg.payload, or to "sync".',
      });
    if (command === "sync") {
      account.requestPoll();
      return "status.syncing";
    }
    const isKnown = await account.decide(weighInIdOf(payload), command === "claim" ? "claimed" : "refused");
    if (isKnown) return command === "claim" ? "status.claimed" : "status.refused";
    throw new InvalidCallError("there is no such weigh-in", {
      code: "unknown_weigh_in",
      remedy: "Hand back weigh_in of the weigh_in_ambiguous event, as it came.",
    });
  }

  onEvent(event: PersonEvent): void {
    const { account, settings, send, show } = this.#input;
    const { unit, events } = settings;
    const weight = event.values["weight"];
    const text = weight === undefined ? event.kind.replaceAll("_", " ") : formatWeight(weight, unit);
    show({ kind: "event", text: event.kind === "weigh_in_ambiguous" ? `${text}?` : text });
    if (!events.has(event.kind)) return;
    const payload = eventDocument(event, { person: account.name, userId: account.api.person.userId, unit });
    send({ topic: event.kind, payload });
  }

  onProblem(problem: Problem | null): void {
    if (problem?.code === this.#problem?.code) return;
    this.#problem = problem;
    this.#input.show(problem ? { kind: "problem", code: problem.code } : this.#idle);
    if (problem) this.#input.warn(problem);
  }

  #onSubscription({ status, problem }: SubscriptionReport): void {
    const isNews = problem !== undefined && problem.code !== this.#toldSubscription;
    this.#toldSubscription = problem?.code;
    if (status !== "failed") return this.#rest({ kind: "subscribed" });
    if (isNews) this.#input.warn(problem);
    this.#idle = { kind: "polling" };
    this.#input.show({ kind: "problem", code: problem?.code ?? "subscription" });
  }

  #rest(standing: Standing): void {
    this.#idle = standing;
    if (this.#problem === null) this.#input.show(standing);
  }
}

/** A number, or an event as it came. */
function weighInIdOf(payload: unknown): number {
  const given = typeof payload === "object" && payload !== null && "weigh_in" in payload ? payload.weigh_in : payload;
  const id = typeof given === "string" ? Number(given) : given;
  if (typeof id === "number" && Number.isSafeInteger(id)) return id;
  throw new InvalidCallError("the payload names no weigh-in", {
    code: "invalid_value",
    remedy: "Set msg.payload to the number of the weigh-in, or to an event that holds it as weigh_in.",
  });
}
