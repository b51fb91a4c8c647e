// Opens the store of a directory in a process of its own, writes to it, says so, and holds it until it is killed.
import { systemClock } from "@weighbridge/core";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";

const [directory] = process.argv.slice(2);
const store = openSqliteStore({ directory: directory ?? "", clock: systemClock, onFailure: () => process.exit(1) });
await store.addPerson("wbs:29", 0);
// An open channel that somebody listens to keeps the process alive.
process.on("message", () => {});
process.send?.("open");
