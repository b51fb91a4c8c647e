import { expect, test } from "vitest";
import { tls } from "../support/config-files.ts";
import { describeWithPostgres, openPostgres, targetOf } from "../support/postgres.ts";

/** Self-signed, for another name than 127.0.0.1. */
const certificate = tls("bridge.pem");

describeWithPostgres(
  (server) => {
    const targetWith = (how: { readonly isVerified: boolean; readonly ca?: string }) =>
      targetOf(server(), server().emptyDatabase(), { tls: how });
    const sessions = () =>
      server().sql(
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name LIKE 'weighbridge on %'",
      );

    test.each([
      ["without a check", { isVerified: false }],
      ["with the authority's certificate, whatever the name", { isVerified: false, ca: certificate }],
    ])("what is sent is encrypted: %s", async (_how, how) => {
      const { store } = await openPostgres(targetWith(how));
      expect(await store.people()).toEqual([]);
      // One that writes, one that reads.
      expect(sessions()).toBe("2");
    });

    test.each([
      ["nobody vouches for", { isVerified: true }],
      ["is for another name", { isVerified: true, ca: certificate }],
    ])("a certificate that %s is refused, with what to do", async (_what, how) => {
      await expect(openPostgres(targetWith(how))).rejects.toMatchObject({
        code: "state_unusable",
        remedy: expect.stringContaining("postgres.ca_file"),
      });
    });
  },
  {
    settings: ["ssl = on", "ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'"],
    files: { "server.pem": certificate, "server.key": tls("bridge.key") },
  },
);
