// A process of its own that reads Ada's devices by the grants of a state directory. Usage: read-devices.ts STATE_DIR BASE_URL
import { systemClock } from "@weighbridge/core";
import { publicClientOf } from "../../src/accounts/public-client.ts";
import { accountsOf } from "../../src/config/accounts.ts";
import { configSchema, type PublicAccountConfig } from "../../src/config/schema.ts";
import { openGrants } from "../../src/grants/grants.ts";

const [directory = "", baseUrl] = process.argv.slice(2);
const home = { id: "home", generation: "public", base_url: baseUrl, client_id: "client", client_secret: "s3cr3t" };
const [account] = accountsOf(configSchema.parse({ accounts: [home], people: [{ slug: "ada", name: "Ada" }] }));
const tokens = openGrants(directory, systemClock);
const { userId } = (await tokens.read("ada")) ?? { userId: "" };
const client = publicClientOf(account as PublicAccountConfig, { tokens, clock: systemClock, version: "0.0.0" });
const devices = await client.person("ada", userId).devices();
process.stdout.write(`${devices.length}`);
