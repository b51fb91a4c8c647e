// For tests, of this package and of whoever implements one of its ports: a clock to move, doubles, and a suite of rules for each port.
export { FakePersonApi } from "./fake-person-api.ts";
export { group, type Sketch } from "./groups.ts";
export { ManualClock } from "./manual-clock.ts";
export { MemoryPersonStore } from "./memory-person-store.ts";
export { type ApiWorld, personApiContract } from "./person-api-contract.ts";
export { type OpenedPersonStore, type PersonStorePlace, personStoreContract } from "./person-store-contract.ts";
export { grantOf, type TokenPlace, tokenStoreContract } from "./token-store-contract.ts";
