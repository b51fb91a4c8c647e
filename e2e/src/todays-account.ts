import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Person, RegisteredApplication, Simulator } from "@weighbridge/simulator";

/** The generation of the API that a run speaks. */
export type Generation = "wbs" | "public";

/** Today's API refuses an identical call that comes sooner. */
export const REPEAT_S = 11;

/** The account of an application in the bridge's configuration. */
export const todaysAccount = ({ url }: Simulator, { clientId, clientSecret }: RegisteredApplication, more = {}) => ({
  ...{ id: "home", generation: "public", base_url: url, authorize_url: `${url}oauth2_user/authorize2` },
  ...{ client_id: clientId, client_secret: clientSecret, calls_per_minute: 100_000, timeout_s: 2, ...more },
});

/** The person consents, and the grant stands in the bridge's folder as `weighbridge authorize` would leave it. One that is there stays. */
export async function consentTo(
  app: RegisteredApplication,
  person: Person,
  slug: string,
  folder: string,
): Promise<void> {
  const directory = join(folder, "state", "grants");
  const path = join(directory, `${slug}.json`);
  if (await readFile(path).catch(() => undefined)) return;
  const { accessToken, refreshToken, userId } = app.authorizes(person);
  const now = Math.floor(Date.now() / 1000);
  const grant = {
    ...{ version: 1, userId: String(userId), clientId: app.clientId, accessToken, refreshToken, revision: 1 },
    ...{ accessEndsAt: now + 10_800, refreshIssuedAt: now, scope: "user.info,user.metrics" },
  };
  await mkdir(join(folder, "state"), { recursive: true, mode: 0o700 });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(path, JSON.stringify(grant), { mode: 0o600 });
}
