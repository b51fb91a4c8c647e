import { accountOf, accountsOf } from "../config/accounts.ts";
import type { Config, PersonConfig, PublicAccountConfig } from "../config/schema.ts";
import { ConfigError } from "../errors.ts";

export interface Chosen {
  readonly account: PublicAccountConfig;
  readonly person: PersonConfig;
}

/** The person of today's API that a command is about: may be left out where there is one alone. Throws a ConfigError that names the people to choose from. */
export function chosen(config: Config, slug: string | undefined): Chosen {
  const accounts = accountsOf(config);
  const all = config.people.flatMap((person): Chosen[] => {
    const account = accountOf(accounts, person);
    return account?.generation === "public" ? [{ account, person }] : [];
  });
  const slugs = all.map(({ person }) => person.slug).join(", ");
  const [only, ...others] = slug === undefined ? all : all.filter(({ person }) => person.slug === slug);
  if (only && others.length === 0) return only;
  if (all.length === 0)
    throw new ConfigError("nobody of the configuration has an account of today's API", {
      code: "config_invalid",
      remedy:
        "Give an account with generation: public, client_id and client_secret; weighbridge.example.yaml shows how.",
    });
  throw new ConfigError(
    slug === undefined ? "there are several people" : `there is no person ${slug} with an account of today's API`,
    {
      code: "config_invalid",
      remedy: `Say whom with --person: ${slugs}.`,
    },
  );
}
