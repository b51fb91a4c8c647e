/** Each step is run once, in order, inside a transaction; `PRAGMA user_version` counts them. Never change one that was released. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE people (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, added_at INTEGER NOT NULL, cursor INTEGER,
    state TEXT NOT NULL, subscription TEXT, seen TEXT NOT NULL) STRICT;

  CREATE TABLE groups (
    person INTEGER NOT NULL, id INTEGER NOT NULL, measured_at INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (person, id)) STRICT, WITHOUT ROWID;
  CREATE INDEX groups_by_time ON groups (person, measured_at, id);

  CREATE TABLE verdicts (
    person INTEGER NOT NULL, weigh_in INTEGER NOT NULL, verdict TEXT NOT NULL,
    PRIMARY KEY (person, weigh_in)) STRICT, WITHOUT ROWID;

  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, from_s INTEGER NOT NULL, to_s INTEGER NOT NULL) STRICT;
  CREATE INDEX inbox_by_person ON inbox (person);

  -- AUTOINCREMENT: the packet id follows from the row id, so none is handed out twice. No index on state: finished rows are deleted.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0, note TEXT) STRICT;

  CREATE TABLE retained (topic TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`,
  "ALTER TABLE people ADD COLUMN reread_at INTEGER",
  `ALTER TABLE people ADD COLUMN memory TEXT NOT NULL DEFAULT '{}';
  UPDATE people SET memory = json_object('rereadAt', reread_at) WHERE reread_at IS NOT NULL;
  ALTER TABLE people DROP COLUMN reread_at;

  CREATE TABLE event_counts (
    person INTEGER NOT NULL, subject INTEGER NOT NULL, events INTEGER NOT NULL,
    PRIMARY KEY (person, subject)) STRICT, WITHOUT ROWID;

  -- A hint without a window is followed by a poll.
  CREATE TABLE hints (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, from_s INTEGER, to_s INTEGER,
    taken_at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0) STRICT;
  INSERT INTO hints (id, person, from_s, to_s, taken_at) SELECT id, person, from_s, to_s, unixepoch() FROM inbox;
  CREATE INDEX hints_by_person ON hints (person, id);
  DROP TABLE inbox;`,
  `CREATE TABLE held (
    person INTEGER NOT NULL, weigh_in INTEGER NOT NULL, measured_at INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (person, weigh_in)) STRICT, WITHOUT ROWID;
  CREATE INDEX held_by_time ON held (person, measured_at DESC, weigh_in DESC);
  -- Those that wait already: announced, and without a verdict.
  INSERT INTO held (person, weigh_in, measured_at, json)
    SELECT g.person, g.id, g.measured_at, json_object('weight', max(m.value ->> 'value'))
    FROM event_counts AS e JOIN groups AS g ON g.person = e.person AND g.id = e.subject, json_each(g.json, '$.measures') AS m
    WHERE g.json ->> '$.attribution.name' = 'ambiguous' AND g.json ->> '$.category.name' = 'measure'
      AND m.value ->> 'type' = 'weight' AND m.value ->> 'position' IS NULL AND m.value ->> 'value' > 0
      AND NOT EXISTS (SELECT 1 FROM verdicts AS v WHERE v.person = g.person AND v.weigh_in = g.id)
    GROUP BY g.person, g.id;`,
  `ALTER TABLE outbox ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;
  UPDATE outbox SET added_at = unixepoch();`,
];
