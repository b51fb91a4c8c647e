import { FakePersonApi, personStoreContract } from "@weighbridge/core/testing";
import { stateDir } from "@weighbridge/testing";
import { Syncer } from "../../src/people/syncer.ts";
import { openStore, START } from "../support/open-store.ts";

personStoreContract("A person of the bridge's SQLite file", () => {
  const directory = stateDir();
  const [key, addedAt] = ["wbs:29", START];
  return {
    key,
    addedAt,
    open: async () => {
      const { store, clock } = openStore(directory);
      const [known] = await store.people();
      const stored = known ?? (await store.addPerson(key, addedAt));
      const api = new FakePersonApi();
      const settings = { slug: "ada", ambiguous: "hold" } as const;
      const toMessage = () => ({ topic: "t", payload: "" });
      return {
        store: new Syncer({ stored, settings, api, store, clock, toMessage, onCommitted: () => {} }),
        takeHint: (window, takenAt) => store.takeHint(stored.id, window, takenAt),
        close: () => store.close(),
      };
    },
  };
});
