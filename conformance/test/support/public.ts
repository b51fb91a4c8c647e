import {
  Application,
  type Clock,
  createPublicClient,
  memoryTokenStore,
  type PublicClientOptions,
} from "@weighbridge/core";
import type { Person, Quirks, Simulator } from "@weighbridge/simulator";

/** One try's limit, which tests never reach. */
const TIMEOUT_MS = 15_000;

/** The simulator's clock, which jumps over every wait, so that pace and patience are kept and nobody waits. */
function jumping({ clock }: Simulator): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    async sleep(ms, signal) {
      if (ms === TIMEOUT_MS)
        return new Promise((_, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
        );
      clock.advance(ms);
    },
  };
}

/** A client of one registered application, to which people of the simulator consent. */
export function publicWorld(sim: Simulator, options: Partial<PublicClientOptions> = {}) {
  const application = sim.application();
  const clock = jumping(sim);
  const tokens = options.tokens ?? memoryTokenStore();
  const { clientId, clientSecret } = application;
  const client = createPublicClient({
    ...{ clientId, clientSecret, tokens, baseUrl: sim.url, clock, timeoutMs: TIMEOUT_MS },
    application: new Application({ clock }),
    ...options,
  });
  return {
    application,
    client,
    tokens,
    hasQuirks: (quirks: Quirks) => application.hasQuirks(quirks),
    /** The person consents, and the grant is stored under their name. */
    async consent(person: Person, scopes?: readonly string[]) {
      const redirectUrl = application.redirectUrls[0] as string;
      const code = application.codeOf(person, scopes ? { scopes } : {});
      const grant = await client.exchange({ code, redirectUrl });
      const before = await tokens.read(person.name);
      await tokens.write(person.name, { ...grant, revision: (before?.revision ?? 0) + 1 });
      return client.person(person.name, grant.userId);
    },
  };
}
