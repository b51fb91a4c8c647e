import { LIMITS } from "../limits.ts";
import type { ProtocolVersion, VersionChoice } from "./broker.ts";
import {
  type BrokerProblem,
  type Ending,
  isSilent,
  problemOf,
  refusesQos,
  refusesRetain,
  refusesVersion,
} from "./endings.ts";

/** How the next connection is tried. */
export interface Attempt {
  readonly version: ProtocolVersion;
  /** Undefined where the broker refused a will that is retained. */
  readonly willQos: 0 | 1 | undefined;
}

export interface Next {
  readonly waitMs: number;
  readonly problem: BrokerProblem;
}

/** Silent ends on CONNECT of MQTT 5 before 3.1.1 is tried; one that takes its full time counts twice. */
const SILENT_ENDS = 3;

/** Decides, from how connections ended, how and when the next one is tried. */
export class RetryPolicy {
  readonly #choice: VersionChoice;
  #version: ProtocolVersion;
  #willQos: Attempt["willQos"] = 1;
  /** The broker said that it does not know MQTT 5. */
  #isVersionRefused = false;
  /** MQTT 3.1.1 worked where 5 found no answer. */
  #hasFallenBack = false;
  #silentEnds = 0;
  #failures = 0;
  /** Connections in a row that were made and did not last. */
  #shortOnes = 0;

  constructor(choice: VersionChoice) {
    this.#choice = choice;
    this.#version = choice === "3.1.1" ? 4 : 5;
  }

  get attempt(): Attempt {
    return { version: this.#version, willQos: this.#willQos };
  }

  /** Connections are made and lost again and again: news of each would fill the log. */
  get isLooping(): boolean {
    return this.#shortOnes > 1;
  }

  /** CONNACK accepted the connection. */
  made(): void {
    this.#silentEnds = 0;
    if (this.#version === 4 && this.#choice === "auto" && !this.#isVersionRefused) this.#hasFallenBack = true;
  }

  /** A connection has lasted: whatever was wrong is over. */
  stood(): void {
    this.#failures = 0;
    this.#shortOnes = 0;
  }

  after(ending: Ending, hasStood: boolean): Next {
    const changed = this.#change(ending);
    if (changed !== undefined) return changed;
    if (ending.phase === "made") this.#shortOnes = hasStood ? 0 : this.#shortOnes + 1;
    const problem = this.isLooping && ending.reason === undefined && ending.phase === "made" ? LOOP : problemOf(ending);
    return { problem, waitMs: this.#waitOf(problem) };
  }

  #waitOf({ wait }: BrokerProblem): number {
    if (wait === "soon") return LIMITS.mqttRetryMs;
    if (wait === "long") return LIMITS.mqttRetryMaxMs;
    return Math.min(LIMITS.mqttRetryMaxMs, LIMITS.mqttRetryMs * 2 ** this.#failures++);
  }

  /** Another way to connect, where the ending asks for one. */
  #change(ending: Ending): Next | undefined {
    if (refusesRetain(ending) && this.#willQos !== undefined) {
      this.#willQos = undefined;
      return { problem: NO_WILL, waitMs: 0 };
    }
    if (refusesQos(ending) && this.#willQos === 1) {
      this.#willQos = 0;
      return { problem: LOW_WILL, waitMs: 0 };
    }
    return this.#choice === "auto" ? this.#changeVersion(ending) : undefined;
  }

  #changeVersion(ending: Ending): Next | undefined {
    if (refusesVersion(ending) && this.#version === 5) {
      this.#isVersionRefused = true;
      this.#version = 4;
      return { problem: VERSION_REFUSED, waitMs: 0 };
    }
    // A broker that was only away for a moment may know MQTT 5 after all.
    if (ending.phase === "made" && this.#hasFallenBack) this.#version = 5;
    if (!isSilent(ending) || this.#isVersionRefused) return undefined;
    this.#silentEnds += ending.isMute ? 2 : 1;
    if (this.#silentEnds < (this.#hasFallenBack ? 1 : SILENT_ENDS)) return undefined;
    this.#silentEnds = 0;
    this.#version = this.#version === 5 ? 4 : 5;
    return { problem: this.#version === 4 ? FALLS_BACK : problemOf(ending), waitMs: LIMITS.mqttRetryMs };
  }
}

const LOOP: BrokerProblem = {
  message: "The broker closes the connection again and again, and gives no reason",
  // Mosquitto says nothing when a session is taken over.
  remedy:
    "Look into the broker's log. Often a copy of this state directory runs elsewhere under the same client id, or a rule of the broker forbids a topic.",
  wait: "growing",
};
const VERSION_REFUSED: BrokerProblem = {
  message: "The broker knows only MQTT 3.1.1: it cannot say when it refuses a message",
  wait: "soon",
  isFallback: true,
};
const FALLS_BACK: BrokerProblem = {
  message: "No answer at mqtt.url to MQTT 5: MQTT 3.1.1 is tried now",
  remedy: 'Set mqtt.version to "3.1.1" where the broker knows no other, or to "5" where it was only away.',
  wait: "soon",
  isFallback: true,
};
const NO_WILL: BrokerProblem = {
  message:
    "The broker keeps no retained messages: topics are published without, and nobody publishes offline when the bridge dies",
  remedy: "Allow retained messages at the broker, or use another one: who subscribes later sees no state.",
  wait: "soon",
  isFallback: true,
};
const LOW_WILL: BrokerProblem = {
  message: "The broker takes only QoS 0: messages can be lost on the way",
  remedy: "Allow QoS 2 at the broker, or use another one.",
  wait: "soon",
  isFallback: true,
};
