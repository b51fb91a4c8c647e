import { type Clock, isoTime } from "@weighbridge/core";
import { HomeAssistantError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { HomeAssistant } from "./home-assistant.ts";
import type { Hour, Hours } from "./hours.ts";
import { conversionTo } from "./units.ts";

/** The history of one person, and the entities that it is of, by measure key. */
export interface PersonHistory {
  readonly slug: string;
  readonly hours: Hours;
  /** Unique ids of the sensors, by measure key. */
  readonly uniqueIds: ReadonlyMap<string, string>;
}

interface Imported {
  readonly person: string;
  readonly entity: string;
  readonly hours: number;
  readonly unit: string | null;
}

/** A sensor whose history is left out, with the reason. */
interface LeftOut {
  readonly person: string;
  readonly entity: string;
  readonly reason: string;
}

export interface ImportInput {
  readonly home: Pick<HomeAssistant, "command">;
  readonly people: readonly PersonHistory[];
  readonly clock: Clock;
  onProgress(entity: string, done: number, all: number): void;
}

interface RegisteredEntity {
  readonly entity_id: string;
  readonly unique_id: string;
  readonly platform: string;
}

interface State {
  readonly entity_id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface KnownStatistic {
  readonly statistic_id: string;
  readonly statistics_unit_of_measurement: string | null;
  readonly unit_class?: string | null;
}

/** Home Assistant's number for a plain mean. */
const ARITHMETIC = 1;

/**
 * Puts histories into Home Assistant's long-term statistics, each in the unit that its statistics have, or else its entity. A row of an hour
 * replaces the one that is there: a second run changes nothing. Throws a HomeAssistantError.
 */
export async function importHistory({ home, people, clock, onProgress }: ImportInput) {
  const registry = await readRegistry(home);
  const imported: Imported[] = [];
  const leftOut: LeftOut[] = [];
  for (const { slug: person, hours, uniqueIds } of people) {
    const found = [...uniqueIds].flatMap(([key, uniqueId]) => {
      const entity = registry.idOf.get(uniqueId);
      return entity === undefined ? [] : [{ key, entity }];
    });
    if (found.length === 0) throw unknownPerson(person);
    for (const { key, entity } of found) {
      const metadata = metadataOf(entity, key, registry);
      if (typeof metadata === "string") {
        leftOut.push({ person, entity, reason: metadata });
        continue;
      }
      const rows = hours.of(key).map(rowIn(metadata));
      await send(home, metadata.statistic, rows, (done) => onProgress(entity, done, rows.length));
      imported.push({ person, entity, hours: rows.length, unit: metadata.unit });
    }
  }
  await settled(home, clock);
  return { imported, leftOut };
}

/** What Home Assistant has, by entity; entities by unique id. */
interface Registry {
  readonly idOf: ReadonlyMap<string, string>;
  readonly states: ReadonlyMap<string, State>;
  readonly known: ReadonlyMap<string, KnownStatistic>;
}

async function readRegistry(home: ImportInput["home"]): Promise<Registry> {
  const entities = await home.command<RegisteredEntity[]>({ type: "config/entity_registry/list" });
  const states = await home.command<State[]>({ type: "get_states" });
  const known = await home.command<KnownStatistic[]>({ type: "recorder/list_statistic_ids" });
  const ours = entities.filter(({ platform }) => platform === "mqtt");
  return {
    idOf: new Map(ours.map((one) => [one.unique_id, one.entity_id])),
    states: new Map(states.map((one) => [one.entity_id, one])),
    known: new Map(known.map((one) => [one.statistic_id, one])),
  };
}

/** The reason in words where the history of this entity is left out. */
function metadataOf(entity: string, key: string, { states, known }: Registry) {
  const unit = unitOf(known.get(entity), states.get(entity));
  if (unit === undefined) return "the entity is switched off";
  const conversion = conversionTo(unit, key);
  if (conversion === undefined) return `the unit ${unit} is not known here`;
  const { convert, unitClass } = conversion;
  const statistic = {
    ...{ has_sum: false, mean_type: ARITHMETIC, name: null, source: "recorder", statistic_id: entity },
    ...{ unit_of_measurement: unit, unit_class: known.get(entity)?.unit_class ?? unitClass },
  };
  return { unit, convert, statistic };
}

/** Undefined where the entity has no state and no statistics: then nobody knows its unit. */
function unitOf(known: KnownStatistic | undefined, state: State | undefined): string | null | undefined {
  if (known) return known.statistics_unit_of_measurement;
  if (state === undefined) return undefined;
  return (state.attributes["unit_of_measurement"] as string | undefined) ?? null;
}

const rowIn =
  ({ convert }: { convert(value: number): number }) =>
  ({ start, mean, min, max }: Hour) => ({
    start: isoTime(start),
    mean: convert(mean),
    min: convert(min),
    max: convert(max),
  });

async function send(
  home: ImportInput["home"],
  metadata: object,
  stats: readonly object[],
  onDone: (rows: number) => void,
): Promise<void> {
  for (let from = 0; from < stats.length; from += LIMITS.historyRows) {
    const some = stats.slice(from, from + LIMITS.historyRows);
    await home.command({ type: "recorder/import_statistics", metadata, stats: some });
    onDone(from + some.length);
  }
}

/** Home Assistant answers before it has written the rows: waits until nothing waits there any more. */
async function settled(home: ImportInput["home"], clock: Clock): Promise<void> {
  const end = clock.monotonic() + LIMITS.homeAssistantWritesMs;
  while (clock.monotonic() < end) {
    const { backlog } = await home.command<{ backlog: number }>({ type: "recorder/info" });
    if (backlog === 0) return;
    await clock.sleep(LIMITS.homeAssistantLookMs);
  }
}

const unknownPerson = (slug: string) =>
  new HomeAssistantError(`Home Assistant knows no entity of ${slug}`, {
    code: "home_assistant_unknown_person",
    remedy: "Run the bridge at the same broker until the person's device is there, then run this again.",
  });
