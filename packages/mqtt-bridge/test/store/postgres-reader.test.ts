import { expect, onTestFinished, test } from "vitest";
import { openPostgresStoreToRead } from "../../src/store/postgres/postgres-reader.ts";
import { changeOf, weightGroup } from "../support/changes.ts";
import { describeWithPostgres, openPostgres, targetOf } from "../support/postgres.ts";

describeWithPostgres((server) => {
  const newTarget = () => targetOf(server(), server().emptyDatabase());
  const opened = async (target: ReturnType<typeof newTarget>) => {
    const reader = await openPostgresStoreToRead(target);
    onTestFinished(() => reader.close());
    return reader;
  };

  test("what is stored is read beside the bridge that has the database open", async () => {
    const target = newTarget();
    const { store } = await openPostgres(target);
    await store.setting("client_id", () => "weighbridge0123");
    const { id } = await store.addPerson("wbs:29", 5);
    const groups = [weightGroup(3, 100), weightGroup(1, 300), weightGroup(2, 300)];
    const held = { added: [{ id: 3, measuredAt: 100, values: { weight: 68 } }], ended: [] };
    const verdicts = [{ weighInId: 1, verdict: "claimed" }] as const;
    await store.commitSync(id, { change: changeOf(groups, { verdicts }), held, messages: [], isStateChanged: true });
    const reader = await opened(target);
    expect(await reader.people()).toEqual(await store.people());
    expect(await reader.groupsFrom(id, 200, 9)).toEqual([groups[1], groups[2]]);
    expect(await reader.groupsFrom(id, 0, 2)).toEqual([groups[0], groups[1]]);
    expect(await reader.reader(id).verdicts([1, 2])).toEqual(new Map([[1, "claimed"]]));
    expect(await reader.setting("client_id")).toBe("weighbridge0123");
    await expect(reader.setting("callback_secret")).rejects.toMatchObject({ code: "state_missing" });
    // The bridge writes on.
    await store.addPerson("wbs:30", 5);
    expect(await reader.people()).toHaveLength(2);
  });

  test("a database that no bridge has used holds nothing to read, and nothing is made there", async () => {
    const target = newTarget();
    await expect(openPostgresStoreToRead(target)).rejects.toMatchObject({ code: "state_missing" });
    expect(server().sql("SELECT to_regnamespace('weighbridge') IS NULL", target.database)).toBe("t");
  });

  test.each([
    ["an older", "state_older", "DELETE FROM weighbridge.migrations WHERE step > 1"],
    ["a newer", "state_newer", "INSERT INTO weighbridge.migrations (step) VALUES (1000)"],
  ])("a database of %s bridge is not read", async (words, code, sql) => {
    const target = newTarget();
    const { store } = await openPostgres(target);
    await store.close();
    server().sql(sql, target.database);
    await expect(openPostgresStoreToRead(target)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  test("a server that is not there is said with the remedy", async () => {
    await expect(openPostgresStoreToRead({ ...newTarget(), port: 1 })).rejects.toMatchObject({
      code: "state_unusable",
      remedy: expect.stringContaining("Start the server"),
    });
  });
});
