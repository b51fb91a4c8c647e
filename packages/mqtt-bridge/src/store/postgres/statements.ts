import { WAITING_WINDOWS } from "@weighbridge/core";
import type { Client } from "pg";
import { LIMITS } from "../../limits.ts";
import type { Lease } from "../leases.ts";

/** States of an outbox row. */
export const OWED = 0;
export const RELEASED = 2;
export const PARKED = 4;

/** Every statement of the store, by name; lists are arrays, so that a commit has few statements, however many rows it writes. */
const SQL = {
  fence: "SELECT weighbridge.fence($1, $2)",
  setting: "SELECT value FROM weighbridge.meta WHERE name = $1",
  addSetting: "INSERT INTO weighbridge.meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
  people: "SELECT id, key, added_at, cursor, state, subscription, memory, seen FROM weighbridge.people ORDER BY id",
  addPerson: "INSERT INTO weighbridge.people (key, added_at, state, seen) VALUES ($1, $2, $3, '[]') RETURNING id",
  removePerson: "DELETE FROM weighbridge.people WHERE id = $1",
  removeAllGroups: "DELETE FROM weighbridge.groups WHERE person = $1",
  removeVerdicts: "DELETE FROM weighbridge.verdicts WHERE person = $1",
  removeEventCounts: "DELETE FROM weighbridge.event_counts WHERE person = $1",
  removeHints: "DELETE FROM weighbridge.hints WHERE person = $1",
  // One update for all columns: each would write the whole row anew.
  savePerson: `UPDATE weighbridge.people SET state = coalesce($2, state), memory = coalesce($3, memory), cursor = coalesce($4, cursor),
    seen = coalesce($5, seen), subscription = coalesce($6, subscription) WHERE id = $1`,
  dropSameHint: `DELETE FROM weighbridge.hints
    WHERE person = $1 AND from_s IS NOT DISTINCT FROM $2::bigint AND to_s IS NOT DISTINCT FROM $3::bigint`,
  // The quota of a person: where too many windows wait, one from the first to the last of them takes their place.
  mergeHints: `INSERT INTO weighbridge.hints (person, from_s, to_s, taken_at)
    SELECT person, min(from_s), max(to_s), $2::bigint FROM weighbridge.hints
    WHERE person = $1 AND from_s IS NOT NULL GROUP BY person HAVING count(*) >= ${WAITING_WINDOWS}`,
  dropMerged: `DELETE FROM weighbridge.hints WHERE person = $1 AND from_s IS NOT NULL
    AND id < (SELECT max(id) FROM weighbridge.hints WHERE person = $1)
    AND (SELECT count(*) FROM weighbridge.hints WHERE person = $1 AND from_s IS NOT NULL) >= ${WAITING_WINDOWS}`,
  takeHint: "INSERT INTO weighbridge.hints (person, from_s, to_s, taken_at) VALUES ($1, $2, $3, $4)",
  hints: `SELECT id, from_s, to_s, taken_at, tries, next_at FROM weighbridge.hints
    WHERE person = $1 ORDER BY id DESC LIMIT $2`,
  hinted: "SELECT DISTINCT person FROM weighbridge.hints",
  doneHints: "DELETE FROM weighbridge.hints WHERE id = ANY ($1::bigint[])",
  triedHint: "UPDATE weighbridge.hints SET tries = $2, next_at = $3 WHERE id = $1",
  eventCounts:
    "SELECT subject, events FROM weighbridge.event_counts WHERE person = $1 AND subject = ANY ($2::bigint[])",
  countEvents: `INSERT INTO weighbridge.event_counts AS known (person, subject, events)
    SELECT $1, subject, count(*) FROM unnest($2::bigint[]) AS subject GROUP BY subject ORDER BY subject
    ON CONFLICT (person, subject) DO UPDATE SET events = known.events + excluded.events`,
  between: `SELECT json FROM weighbridge.groups WHERE person = $1 AND measured_at BETWEEN $2 AND $3
    ORDER BY measured_at, id`,
  byIds: "SELECT json FROM weighbridge.groups WHERE person = $1 AND id = ANY ($2::bigint[]) ORDER BY measured_at, id",
  before: `SELECT json FROM weighbridge.groups WHERE person = $1 AND measured_at <= $2
    ORDER BY measured_at DESC, id DESC LIMIT $3`,
  from: "SELECT json FROM weighbridge.groups WHERE person = $1 AND measured_at >= $2 ORDER BY measured_at, id LIMIT $3",
  // Of a group that one commit names twice, the later one stays.
  putGroups: `INSERT INTO weighbridge.groups (person, id, measured_at, json)
    SELECT DISTINCT ON (id) $1::bigint, id, measured_at, json
    FROM unnest($2::bigint[], $3::bigint[], $4::text[]) WITH ORDINALITY AS one (id, measured_at, json, n) ORDER BY id, n DESC
    ON CONFLICT (person, id) DO UPDATE SET measured_at = excluded.measured_at, json = excluded.json`,
  removeGroups: "DELETE FROM weighbridge.groups WHERE person = $1 AND id = ANY ($2::bigint[])",
  span: `SELECT (SELECT min(measured_at) FROM weighbridge.groups WHERE person = $1) AS oldest,
    (SELECT max(measured_at) FROM weighbridge.groups WHERE person = $1) AS newest`,
  verdicts: "SELECT weigh_in, verdict FROM weighbridge.verdicts WHERE person = $1 AND weigh_in = ANY ($2::bigint[])",
  putVerdict: `INSERT INTO weighbridge.verdicts (person, weigh_in, verdict) VALUES ($1, $2, $3)
    ON CONFLICT (person, weigh_in) DO UPDATE SET verdict = excluded.verdict`,
  // Each row says how many there are, beside the newest of them.
  allHeld: `SELECT person, weigh_in, measured_at, json, count FROM
    (SELECT *, count(*) OVER (PARTITION BY person), row_number() OVER (PARTITION BY person ORDER BY measured_at DESC, weigh_in DESC) AS n
      FROM weighbridge.held) AS one
    WHERE n <= ${LIMITS.heldShown} ORDER BY person, n`,
  held: `SELECT weigh_in, measured_at, json, count(*) OVER () FROM weighbridge.held WHERE person = $1
    ORDER BY measured_at DESC, weigh_in DESC LIMIT ${LIMITS.heldShown}`,
  hold: `INSERT INTO weighbridge.held (person, weigh_in, measured_at, json)
    SELECT DISTINCT ON (id) $1::bigint, id, measured_at, json
    FROM unnest($2::bigint[], $3::bigint[], $4::text[]) WITH ORDINALITY AS one (id, measured_at, json, n) ORDER BY id, n DESC
    ON CONFLICT (person, weigh_in) DO UPDATE SET measured_at = excluded.measured_at, json = excluded.json`,
  endHeld: "DELETE FROM weighbridge.held WHERE person = $1 AND weigh_in = ANY ($2::bigint[])",
  removeHeld: "DELETE FROM weighbridge.held WHERE person = $1",
  // Ids are given in the order of the rows.
  addEvents: `INSERT INTO weighbridge.outbox (topic, payload, added_at) SELECT topic, payload, $3::bigint
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS one (topic, payload, n) ORDER BY n`,
  owed: `SELECT id, topic, payload FROM weighbridge.outbox WHERE state = ${OWED} AND id > $1 ORDER BY id LIMIT $2`,
  released: `SELECT id FROM weighbridge.outbox WHERE state = ${RELEASED} ORDER BY id`,
  lastOutboxId: "SELECT coalesce(max(id), 0) AS id FROM weighbridge.outbox",
  mark: "UPDATE weighbridge.outbox SET state = $2, note = $3 WHERE id = $1",
  firstParked: `SELECT min(id) AS id FROM weighbridge.outbox WHERE state = ${PARKED}`,
  unpark: `UPDATE weighbridge.outbox SET state = ${OWED}, note = NULL WHERE state = ${PARKED}`,
  finish: "DELETE FROM weighbridge.outbox WHERE id = ANY ($1::bigint[])",
  counts: `SELECT (SELECT count(*) FROM weighbridge.hints) AS hints, (SELECT min(taken_at) FROM weighbridge.hints) AS oldest,
    (SELECT added_at FROM weighbridge.outbox WHERE state < ${PARKED} ORDER BY id LIMIT 1) AS oldest_owed,
    count(*) FILTER (WHERE state <> ${PARKED}) AS owed, count(*) FILTER (WHERE state = ${PARKED}) AS parked
    FROM weighbridge.outbox`,
  retained: "SELECT topic FROM weighbridge.retained",
  addRetained: "INSERT INTO weighbridge.retained (topic) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING",
  removeRetained: "DELETE FROM weighbridge.retained WHERE topic = ANY ($1::text[])",
} as const;

type StatementName = keyof typeof SQL;
type Value = string | number | null | readonly string[] | readonly number[];

/** A statement with its values. */
export type Step = readonly [name: StatementName, ...values: Value[]];

export type Row = Readonly<Record<string, string | number | null>>;

type Runner = Pick<Client, "query">;

/** Runs a statement, prepared at its first use on each connection. Rejects with the error of the server or the connection. */
export async function run(runner: Runner, [name, ...values]: Step): Promise<readonly Row[]> {
  const { rows } = await runner.query({ name, text: SQL[name], values: values as unknown[] });
  return rows;
}

/** SQLSTATE of `fence`. */
export const FENCED = "WB001";

/**
 * Runs all steps in one transaction, in one round trip: nothing of it waits for an answer. Resolves with the first row of each step once they are
 * on disk. After an error nothing of them is stored, unless the connection ended while the server was committing. The epoch is checked first: of a
 * former owner nothing is stored.
 */
export async function commit(
  client: Client,
  { shard, epoch }: Lease,
  steps: readonly Step[],
): Promise<readonly (Row | undefined)[]> {
  const began = client.query("BEGIN");
  const fenced = run(client, ["fence", shard, epoch]);
  const results = steps.map((step) => run(client, step));
  const committed = client.query("COMMIT");
  // All of them, so that no rejection is left without a listener; the first one is the cause of the others.
  const outcomes = await Promise.allSettled([began, fenced, ...results, committed]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  const rows = await Promise.all(results);
  return rows.map(([first]) => first);
}
