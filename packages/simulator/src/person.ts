import { randomBytes } from "node:crypto";
import type { MovableClock } from "./clock.ts";
import type { Deliveries } from "./deliveries.ts";
import { decimal, described, verbOf } from "./described.ts";
import { History, type WireGroup, type WireMeasure } from "./history.ts";
import type { Log } from "./log.ts";
import { Subscriptions } from "./subscriptions.ts";

export interface PersonDetails {
  readonly userId?: number;
  readonly publicKey?: string;
  /** People with the same email are users of one account. */
  readonly email?: string;
  readonly password?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly gender?: "male" | "female";
  readonly birthDate?: number;
  /** Measured once, when the user was created. */
  readonly heightM?: number;
  readonly isSharing?: boolean;
}

/** Values that the scale measured. Fat and fat-free mass follow from the ratio unless they are given. */
export interface WeighIn {
  readonly weight: number;
  readonly fatRatio?: number;
  readonly heartPulse?: number;
  /** Epoch seconds; now without it. */
  readonly at?: number;
  /** 0 sure, 1 ambiguous, 2 manual, … */
  readonly attribution?: number;
  readonly comment?: string;
}

/** A group that the simulator gives an id. */
export type NewGroup = Omit<WireGroup, "grpid" | "date" | "category" | "attrib"> & Partial<WireGroup>;

export interface Surroundings {
  readonly clock: MovableClock;
  readonly log: Log;
  readonly deliveries: Deliveries;
  nextGroupId(): number;
}

const TYPES = { weight: 1, height: 4, fatFreeMass: 5, fatRatio: 6, fatMass: 8, heartPulse: 11 } as const;

const measure = (type: number, value: number, digits: number): WireMeasure => ({
  value: Math.round(value * 10 ** digits),
  type,
  unit: -digits,
});

const newKey = () => randomBytes(8).toString("hex");

/** A person with a scale, and their data at the API. Whatever is done to the data is notified to the subscribers. */
export class Person {
  readonly name: string;
  readonly userId: number;
  readonly details: PersonDetails;
  readonly history = new History();
  readonly subscriptions: Subscriptions;
  publicKey: string;
  isSharing: boolean;
  readonly #around: Surroundings;
  #isRekeyed = false;

  constructor(name: string, userId: number, details: PersonDetails, around: Surroundings) {
    this.name = name;
    this.userId = userId;
    this.details = details;
    this.publicKey = details.publicKey ?? newKey();
    this.isSharing = details.isSharing ?? true;
    this.subscriptions = new Subscriptions(around.clock, ({ callbackUrl }) =>
      this.#tell(
        `A subscription ended after three weeks: ${callbackUrl} is not told any more when ${name}’s data change`,
      ),
    );
    this.#around = around;
  }

  /** Steps on the scale. */
  weighsIn({ weight, fatRatio, heartPulse, at, attribution = 0, comment }: WeighIn): WireGroup {
    const measures = [measure(TYPES.weight, weight, 3)];
    if (fatRatio !== undefined) {
      const fat = (weight * fatRatio) / 100;
      measures.push(measure(TYPES.fatFreeMass, weight - fat, 2));
      measures.push(measure(TYPES.fatRatio, fatRatio, 1), measure(TYPES.fatMass, fat, 2));
    }
    if (heartPulse !== undefined) measures.push(measure(TYPES.heartPulse, heartPulse, 0));
    const when = at === undefined ? {} : { date: at };
    return this.adds({ attrib: attribution, measures, ...when, ...(comment === undefined ? {} : { comment }) });
  }

  /** The one that was measured last. */
  get lastWeighIn(): WireGroup | undefined {
    return this.history.newestWith(TYPES.weight);
  }

  /** Adds any group, such as a height, an unknown type, or a companion of a weigh-in. */
  adds(group: NewGroup): WireGroup {
    const { clock, nextGroupId } = this.#around;
    const full = { grpid: nextGroupId(), attrib: 0, date: clock.seconds(), category: 1, ...group };
    this.history.put(full, clock.seconds());
    this.#did(`${verbOf(full)} ${described(full, clock.now())}`, full.date);
    return full;
  }

  setsTarget({ weight, at }: { readonly weight: number; readonly at?: number }): WireGroup {
    const when = at === undefined ? {} : { date: at };
    return this.adds({ category: 2, attrib: 0, measures: [measure(TYPES.weight, weight, 3)], ...when });
  }

  setsHeight(heightM: number, at?: number): WireGroup {
    return this.adds({
      attrib: 4,
      measures: [measure(TYPES.height, heightM, 2)],
      ...(at === undefined ? {} : { date: at }),
    });
  }

  /** Changes a group in place. A new date is notified beside the old one. */
  edits(grpid: number, changes: Partial<Omit<WireGroup, "grpid">> & { readonly weight?: number }): WireGroup {
    const before = this.history.find(grpid);
    if (before === undefined) throw new Error(`${this.name} has no group ${grpid}`);
    const { weight, ...rest } = changes;
    const measures = weight === undefined ? before.measures : reweighed(before.measures, weight);
    const after: WireGroup = { ...before, measures, ...rest };
    const { clock } = this.#around;
    this.history.put(after, clock.seconds());
    this.#did(
      `corrected ${described(before, clock.now())} to ${described(after, clock.now())}`,
      before.date,
      after.date,
    );
    return after;
  }

  deletes(grpid: number): void {
    const gone = this.history.remove(grpid);
    if (gone === undefined) throw new Error(`${this.name} has no group ${grpid}`);
    this.#did(`deleted ${described(gone, this.#around.clock.now())}`, gone.date);
  }

  /** A long past, added long ago and notified to nobody. */
  hasHistory(count: number, { everyS = 86_400, until = this.#around.clock.seconds() - 86_400 } = {}): void {
    const firstDate = until - (count - 1) * everyS;
    this.history.fill({ count, firstDate, everyS, addedAt: this.#around.clock.seconds() - 86_400 });
  }

  /** The API replaces the publickey with a new random one, so that nobody can read on. */
  stopsSharing(): void {
    this.isSharing = false;
    this.publicKey = newKey();
    this.#isRekeyed = true;
    this.#tell(`${this.name} stopped sharing: who reads with the publickey is refused, and nobody is told`);
  }

  startsSharing(): void {
    if (this.isSharing) return;
    this.isSharing = true;
    const key = this.#isRekeyed ? ", with a new publickey: who reads with the old one is refused" : "";
    this.#tell(`${this.name} shares again${key}`);
  }

  #did(words: string, ...dates: number[]): void {
    const { name, isSharing } = this;
    this.#tell(`${name} ${words}${isSharing ? "" : `; ${name} does not share: nobody is told`}`);
    if (!isSharing) return;
    for (const date of new Set(dates)) this.#around.deliveries.notify(this, date);
  }

  #tell(words: string): void {
    this.#around.log.add({ kind: "deed", person: this.name, words });
  }
}

/** Values that a scale would have found with the same share of fat. */
function reweighed(measures: readonly WireMeasure[], weight: number): WireMeasure[] {
  const ratio = measures.find(({ type }) => type === TYPES.fatRatio);
  const fat = ratio && (weight * decimal(ratio)) / 100;
  const others = measures.filter(({ type }) => type !== TYPES.weight);
  const masses: Readonly<Record<number, number>> =
    fat === undefined ? {} : { [TYPES.fatMass]: fat, [TYPES.fatFreeMass]: weight - fat };
  const adjusted = others.map((one) => {
    const mass = masses[one.type];
    return mass === undefined ? one : measure(one.type, mass, 2);
  });
  return [measure(TYPES.weight, weight, 3), ...adjusted];
}
