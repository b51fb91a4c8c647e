// Times one sync of a person, from the hint to the commit, with few and with many stored groups, in turns. Prints { floor: ms[], subject: ms[] }.
import { join } from "node:path";
import { emptyPersonState, type MeasureGroup, type PersonApi, syncWindow, systemClock } from "@weighbridge/core";
import { openSqliteStore } from "../../../packages/mqtt-bridge/src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../packages/mqtt-bridge/src/store/store.ts";

const [dir, few, many] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: history.ts DIRECTORY FEW MANY");

const SYNCS = 400;
const WARM_UP = 50;
const BATCH = 10_000;
const BEGIN = 1_000_000_000;
const APART_S = 600;

/** Ids do not grow with time: each is somewhere else in the table. */
const idOf = (index: number) => Number((BigInt(index + 1) * 2_654_435_761n) % 4_294_967_296n);

const groupOf = (index: number): MeasureGroup => ({
  id: idOf(index),
  attribution: { code: 0, name: "device" },
  measuredAt: BEGIN + index * APART_S,
  category: { code: 1, name: "measure" },
  measures: [
    { type: "weight", code: 1, value: (60_000 + (index % 30_000)) / 1000 },
    { type: "fat_ratio", code: 6, value: 17.8 },
  ],
});

class Home {
  readonly #store: Store;
  readonly #personId: number;
  #stored = 0;
  #state = emptyPersonState();

  private constructor(store: Store, personId: number) {
    this.#store = store;
    this.#personId = personId;
  }

  static async with(groups: number, directory: string): Promise<Home> {
    const onFailure = (error: unknown) => {
      throw error;
    };
    const store = openSqliteStore({ directory, clock: systemClock, onFailure });
    const { id } = await store.addPerson("wbs:1", BEGIN);
    const home = new Home(store, id);
    while (home.#stored < groups) await home.#fill(Math.min(BATCH, groups - home.#stored));
    return home;
  }

  async #fill(count: number): Promise<void> {
    const upserts = Array.from({ length: count }, (_, i) => groupOf(this.#stored + i));
    this.#stored += count;
    const change = { upserts, removals: [], events: [], state: this.#state, cursor: 1 };
    await this.#store.commitSync(this.#personId, { change, messages: [], isStateChanged: false });
  }

  /** The person weighs in; how long it takes until the event waits for the publisher, on disk. */
  async sync(): Promise<number> {
    const group = groupOf(this.#stored++);
    const started = performance.now();
    await this.#store.takeHint(this.#personId, { from: group.measuredAt, to: group.measuredAt }, group.measuredAt);
    const hints = await this.#store.hints(this.#personId, 10);
    const person = {
      key: "wbs:1",
      addedAt: BEGIN,
      ambiguous: "hold",
      cursor: 1,
      memory: {},
      state: this.#state,
    } as const;
    const change = await syncWindow({
      api: apiWith(group),
      person,
      reader: this.#store.reader(this.#personId),
      clock: systemClock,
      window: { from: group.measuredAt, to: group.measuredAt },
    });
    const messages = change.events.map((event) => ({ topic: "people/p1/weigh_in", payload: JSON.stringify(event) }));
    await this.#store.commitSync(this.#personId, {
      change,
      messages,
      doneHints: hints.map(({ id }) => id),
      isStateChanged: true,
    });
    const elapsed = performance.now() - started;
    if (messages.length !== 1) throw new Error("no event");
    this.#state = change.state;
    return elapsed;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** Only what sync asks for. */
const apiWith = (group: MeasureGroup): PersonApi => {
  const measureGroups = async function* () {
    yield { groups: [group], updateTime: group.measuredAt };
  };
  return { generation: "wbs", userId: "1", measureGroups } as unknown as PersonApi;
};

const floorHome = await Home.with(Number(few), join(dir, "few"));
const subjectHome = await Home.with(Number(many), join(dir, "many"));
const floor: number[] = [];
const subject: number[] = [];
for (let i = 0; i < SYNCS; i++) {
  floor.push(await floorHome.sync());
  subject.push(await subjectHome.sync());
}
await floorHome.close();
await subjectHome.close();
process.stdout.write(JSON.stringify({ floor: floor.slice(WARM_UP), subject: subject.slice(WARM_UP) }));
