// Asks for Ada's devices again and again with the grant of a state directory, whose access token is good for one call only.
import { Application, createPublicClient, fileTokenStore } from "@weighbridge/core";

const [, , directory = "", baseUrl = ""] = process.argv;
const client = createPublicClient({
  ...{ clientId: "client", clientSecret: "secret", baseUrl, tokens: fileTokenStore({ directory }) },
  application: new Application({ callsPerMinute: 1_000_000, repeatCallMs: 0 }),
  retries: 0,
});
const ada = client.person("ada", "77");
for (;;) {
  // A token that was used is renewed; what fails is tried again, as a follower does.
  await ada.devices().catch((error: unknown) => process.stderr.write(`${(error as Error).message}\n`));
}
