import { randomBytes } from "node:crypto";
import type { MovableClock } from "./clock.ts";
import type { Deliveries, Notice } from "./deliveries.ts";
import { decimal, described, verbOf } from "./described.ts";
import { History, type WireGroup, type WireMeasure } from "./history.ts";
import { LIMITS } from "./limits.ts";
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
  /** Kilograms. */
  readonly muscleMass?: number;
  readonly boneMass?: number;
  readonly hydration?: number;
  /** An index without unit. */
  readonly visceralFat?: number;
  /** Fat-free mass of left arm, right arm, left leg, right leg and torso, kilograms. */
  readonly segments?: readonly [number, number, number, number, number];
  /** Epoch seconds; now without it. */
  readonly at?: number;
  /** 0 sure, 1 ambiguous, 2 manual, … */
  readonly attribution?: number;
  readonly comment?: string;
}

/** A group that the simulator gives an id. */
export type NewGroup = Omit<WireGroup, "grpid" | "date" | "category" | "attrib"> & Partial<WireGroup>;

/** A device as today's API tells of it. */
export interface SimulatedDevice {
  readonly id: string;
  readonly type: string;
  readonly model: string | null;
  readonly modelId: number;
  readonly battery: string;
  /** Last contact, epoch seconds; null where nobody knows. */
  readonly lastSessionAt: number | null;
}

/** A change of a person's data, as applications hear of it. */
export interface Change {
  readonly dates: readonly number[];
  /** Types of the measures that it touches. */
  readonly types: readonly number[];
  readonly isTarget: boolean;
}

export interface Surroundings {
  readonly clock: MovableClock;
  readonly log: Log;
  readonly deliveries: Deliveries;
  nextGroupId(): number;
  /** Tells the applications that the person consented to. */
  changed(person: Person, change: Change): void;
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
  /** A lapsed plan: today's API answers with nothing, and says nothing of it. */
  isPaused = false;
  devices: readonly SimulatedDevice[];
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
    const scale = { id: "91845aef7b5d4b50", type: "Scale", model: "Body Comp", modelId: 18, battery: "high" };
    this.devices = [{ ...scale, lastSessionAt: around.clock.seconds() }];
  }

  /** The scale that the person uses is this one from now on. */
  hasDevices(devices: readonly SimulatedDevice[]): void {
    this.devices = devices;
  }

  /** Today's API answers with nothing until sharing is resumed. */
  pausesSharing(isPaused = true): void {
    this.isPaused = isPaused;
    this.#tell(`${this.name}’s plan ${isPaused ? "lapsed: today’s API answers with nothing" : "works again"}`);
  }

  /** Says whose an ambiguous group is. */
  confirms(grpid: number, isTheirs: boolean): void {
    const group = this.history.find(grpid);
    if (group === undefined) throw new Error(`${this.name} has no group ${grpid}`);
    if (isTheirs) this.history.put({ ...group, attrib: 7 }, this.#around.clock.seconds());
    else this.history.remove(grpid);
    this.#tell(`${this.name} ${isTheirs ? "confirmed" : "refused"} a weigh-in`);
  }

  /** Steps on the scale. */
  weighsIn({ weight, fatRatio, heartPulse, at, attribution = 0, comment, ...body }: WeighIn): WireGroup {
    const measures = [measure(TYPES.weight, weight, 3)];
    if (fatRatio !== undefined) {
      const fat = (weight * fatRatio) / 100;
      measures.push(measure(TYPES.fatFreeMass, weight - fat, 2));
      measures.push(measure(TYPES.fatRatio, fatRatio, 1), measure(TYPES.fatMass, fat, 2));
    }
    if (heartPulse !== undefined) measures.push(measure(TYPES.heartPulse, heartPulse, 0));
    measures.push(...bodyMeasures(body));
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
    this.devices = this.devices.map((device) => ({ ...device, lastSessionAt: clock.seconds() }));
    this.#did(`${verbOf(full)} ${described(full, clock.now())}`, [full], full.date);
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
      [before, after],
      before.date,
      after.date,
    );
    return after;
  }

  deletes(grpid: number): void {
    const gone = this.history.remove(grpid);
    if (gone === undefined) throw new Error(`${this.name} has no group ${grpid}`);
    this.#did(`deleted ${described(gone, this.#around.clock.now())}`, [gone], gone.date);
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

  #did(words: string, groups: readonly WireGroup[], ...dates: number[]): void {
    const { name, isSharing, isPaused } = this;
    this.#tell(`${name} ${words}${isSharing ? "" : `; ${name} does not share: nobody is told`}`);
    const unique = [...new Set(dates)];
    if (isSharing) this.#around.deliveries.notify(unique.flatMap((date) => this.#notices(date)));
    if (isPaused) return;
    const types = groups.flatMap(({ measures }) => measures.map(({ type }) => type));
    this.#around.changed(this, { dates: unique, types, isTarget: groups.some(({ category }) => category === 2) });
  }

  /** For each subscriber of the original API. */
  #notices(date: number): Notice[] {
    return this.subscriptions.live.map(({ callbackUrl: url }) => ({
      person: this.name,
      url,
      form: `userid=${this.userId}&startdate=${date}&enddate=${date + 1}`,
      retryAfterS: LIMITS.retryAfterS,
      isWanted: () => this.isSharing && this.subscriptions.get(url) !== undefined,
      onGivenUp: () => {
        if (this.subscriptions.remove(url))
          this.#tell(`The cloud gave up: ${url} is not told any more when ${this.name}’s data change`);
      },
    }));
  }

  #tell(words: string): void {
    this.#around.log.add({ kind: "deed", person: this.name, words });
  }
}

type Body = Pick<WeighIn, "muscleMass" | "boneMass" | "hydration" | "visceralFat" | "segments">;

/** Left arm, right arm, left leg, right leg, torso. */
const SEGMENTS = [3, 2, 10, 11, 12] as const;

/** Values of larger scales. */
function bodyMeasures({ muscleMass, boneMass, hydration, visceralFat, segments = undefined }: Body): WireMeasure[] {
  const masses = [
    [76, muscleMass],
    [88, boneMass],
    [77, hydration],
  ] as const;
  return [
    ...masses.flatMap(([type, value]) => (value === undefined ? [] : [measure(type, value, 2)])),
    ...(visceralFat === undefined ? [] : [measure(170, visceralFat, 1)]),
    ...(segments ?? []).map((value, index) => ({ ...measure(173, value, 2), position: SEGMENTS[index] as number })),
  ];
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
