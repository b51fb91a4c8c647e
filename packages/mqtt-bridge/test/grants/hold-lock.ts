// Holds the lock of Ada's grant in the state directory that is named, until it is killed.
import { systemClock } from "@weighbridge/core";
import { openGrants } from "../../src/grants/grants.ts";

await openGrants(process.argv[2] as string, systemClock).exclusively("ada", async () => {
  process.stdout.write("held\n");
  await new Promise((resolve) => setInterval(resolve, 2 ** 30));
});
