// Opens the store of a database in a process of its own, writes to it, says so, and holds it until it is killed.
import { systemClock } from "@weighbridge/core";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";

const target = JSON.parse(process.argv[2] ?? "");
const store = await openPostgresStore({ target, clock: systemClock, onFailure: () => process.exit(1) });
await store.addPerson("wbs:29", 0);
// An open channel that somebody listens to keeps the process alive.
process.on("message", () => {});
process.send?.("open");
