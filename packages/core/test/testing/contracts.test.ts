import {
  FakePersonApi,
  group,
  MemoryPersonStore,
  personApiContract,
  personStoreContract,
} from "../../src/testing/index.ts";

personStoreContract("MemoryPersonStore", () => {
  const [key, addedAt] = ["wbs:29", 1_000];
  const store = new MemoryPersonStore({ key, addedAt });
  return {
    key,
    addedAt,
    open: async () => ({
      store,
      takeHint: (window, takenAt) => store.takeHint(window, takenAt),
      close: async () => {},
    }),
  };
});

personApiContract("FakePersonApi", async () => {
  const api = new FakePersonApi();
  let lastId = 0;
  const put = (id: number, at: number, weight: number) => api.put(group({ id, at, values: { weight } }));
  return {
    api,
    callbackUrl: "http://127.0.0.1/callback",
    now: () => api.now,
    advance: (seconds) => {
      api.now += seconds;
    },
    weighsIn: (weight, at) => {
      lastId += 1;
      put(lastId, at, weight);
      return lastId;
    },
    edits: (id, weight) => put(id, api.groups.find((one) => one.id === id)?.measuredAt ?? 0, weight),
    deletes: (id) => api.delete(id),
  };
});
