import { join } from "node:path";
import { personStoreContract } from "@weighbridge/core/testing";
import { stateDir } from "@weighbridge/testing";
import { newRecord } from "../../src/account/record.ts";
import { RecordFile } from "../../src/account/record-file.ts";
import { RecordStore } from "../../src/account/record-store.ts";

personStoreContract("The record file", async () => {
  const path = join(stateDir(), "account.json");
  const [key, addedAt] = ["wbs:29", 1_000];
  return {
    key,
    addedAt,
    open: async () => {
      const file = new RecordFile(path, key, newRecord(addedAt));
      await file.load();
      return {
        store: new RecordStore(key, file),
        takeHint: (window, takenAt) => file.commit({ hint: { window, takenAt } }),
        close: () => file.close(),
      };
    },
  };
});
