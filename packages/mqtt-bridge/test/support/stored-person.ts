import type { personStoreContract } from "@weighbridge/core/testing";
import { PersonRows } from "../../src/people/person-rows.ts";
import type { Store } from "../../src/store/store.ts";
import { START } from "./open-store.ts";

/** One person of a store for the contract suite; `openStore` opens the same store each time. */
export function storedPerson(
  openStore: () => Store | Promise<Store>,
): ReturnType<Parameters<typeof personStoreContract>[1]> {
  const [key, addedAt] = ["wbs:29", START];
  return {
    key,
    addedAt,
    open: async () => {
      const store = await openStore();
      const [known] = await store.people();
      const stored = known ?? (await store.addPerson(key, addedAt));
      const toMessage = () => ({ topic: "t", payload: "" });
      return {
        store: new PersonRows({ stored, store, toMessage, onCommitted: () => {} }),
        takeHint: (window, takenAt) => store.takeHint(stored.id, window, takenAt),
        close: () => store.close(),
      };
    },
  };
}
