import { randomUUID } from "node:crypto";
import type { Clock } from "@weighbridge/core/clock";
import { Application, type ApplicationDetails } from "./applications/application.ts";
import { noticesOf } from "./applications/notices.ts";
import { MovableClock } from "./clock.ts";
import { Deliveries } from "./deliveries.ts";
import { Faults } from "./faults.ts";
import { LIMITS } from "./limits.ts";
import { Log } from "./log.ts";
import { type Change, Person, type PersonDetails } from "./person.ts";

const FIRST_USER_ID = 1_001;
const ID_STEP = 7_919;
const ID_RANGE = 1_000_003;

/** Everything that the simulated service knows. */
export class World {
  /** Tells one start from another to a page that stayed open. */
  readonly run = randomUUID();
  readonly clock: MovableClock;
  readonly log: Log;
  readonly deliveries: Deliveries;
  readonly faults = new Faults();
  readonly pageSize: number;
  /** One-time strings that were given out, with the second they end. */
  readonly #onces = new Map<string, number>();
  /** By client id. */
  readonly applications = new Map<string, Application>();
  readonly #byName = new Map<string, Person>();
  readonly #byUserId = new Map<number, Person>();
  #groups = 0;

  constructor(clock: Clock | undefined, pageSize: number = LIMITS.pageSize) {
    this.clock = new MovableClock(clock);
    this.log = new Log(this.clock);
    this.deliveries = new Deliveries(this.clock, this.log, this.faults);
    this.pageSize = pageSize;
  }

  get people(): Person[] {
    return [...this.#byName.values()];
  }

  person(name: string, details: PersonDetails = {}): Person {
    const known = this.#byName.get(name);
    if (known) return known;
    const userId = details.userId ?? FIRST_USER_ID + this.#byName.size;
    if (this.#byUserId.has(userId)) throw new Error(`userid ${userId} is taken`);
    const person = new Person(name, userId, details, {
      clock: this.clock,
      log: this.log,
      deliveries: this.deliveries,
      nextGroupId: () => this.#nextGroupId(),
      changed: (who, change) => this.#tellApplications(who, change),
    });
    this.#byName.set(name, person);
    this.#byUserId.set(userId, person);
    if (details.heightM !== undefined) person.setsHeight(details.heightM);
    return person;
  }

  application(details: ApplicationDetails = {}): Application {
    const application = new Application(details, this.clock);
    this.applications.set(application.clientId, application);
    return application;
  }

  #tellApplications(person: Person, change: Change): void {
    for (const application of this.applications.values())
      this.deliveries.notify(noticesOf(application, person, change));
  }

  isKey(text: string): boolean {
    return text !== "" && this.people.some(({ publicKey }) => publicKey === text);
  }

  byUserId(userId: number): Person | undefined {
    return this.#byUserId.get(userId);
  }

  byEmail(email: string): Person[] {
    const wanted = email.toLowerCase();
    return this.people.filter(({ details }) => details.email?.toLowerCase() === wanted);
  }

  addOnce(once: string): void {
    const now = this.clock.seconds();
    for (const [old, endsAt] of this.#onces) if (endsAt <= now) this.#onces.delete(old);
    this.#onces.set(once, now + LIMITS.onceLastsS);
  }

  /** Those that may still be used. */
  get onces(): string[] {
    const now = this.clock.seconds();
    return [...this.#onces].filter(([, endsAt]) => endsAt > now).map(([once]) => once);
  }

  useOnce(once: string): void {
    this.#onces.delete(once);
  }

  /** Unique, and not in the order of time: who sorts by it is found out. */
  #nextGroupId(): number {
    this.#groups++;
    return 3_000 + ((this.#groups * ID_STEP) % ID_RANGE);
  }
}
