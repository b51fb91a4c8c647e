import type { Problem } from "./problems.ts";
import type { AccountConfig, Config, PersonConfig } from "./schema.ts";
import type { Path } from "./source.ts";

type Accounts = Pick<Config, "accounts" | "api">;

/** Id of the account that a configuration without `accounts` has. An account with this id keeps what was stored for it. */
export const ONLY_ACCOUNT = "wbs";

/** The accounts of a configuration; without `accounts` the one that `api` describes. */
export const accountsOf = ({ accounts, api }: Accounts): readonly AccountConfig[] =>
  accounts ?? [{ id: ONLY_ACCOUNT, ...api }];

/** The account of a person; undefined where none is named and there are several, or the named one is not there. */
export function accountOf<A extends AccountName>(
  accounts: readonly A[],
  { account }: Pick<PersonConfig, "account">,
): A | undefined {
  if (account === undefined) return accounts.length === 1 ? accounts[0] : undefined;
  return accounts.find(({ id }) => id === account);
}

/** The key of a person's rows: the same for as long as the account has its id. */
export const personKey = ({ id, generation }: AccountConfig, userId: string): string =>
  generation === "public" || id === ONLY_ACCOUNT ? `${generation}:${userId}` : `${generation}@${id}:${userId}`;

/** Accounts with one id. */
export function twinAccounts({ accounts = [] }: Pick<Config, "accounts">): Problem[] {
  const first = new Map<string, number>();
  return accounts.flatMap(({ id }, index) => {
    const before = first.get(id);
    first.set(id, before ?? index);
    if (before === undefined) return [];
    return [
      { path: ["accounts", index, "id"], words: `accounts[${before}] has it already; give each an id of its own` },
    ];
  });
}

type AccountName = Pick<AccountConfig, "id" | "generation">;

/** Faults in how a person, as it was written, fits the accounts. */
export function personProblems(
  accounts: readonly AccountName[],
  person: Pick<PersonConfig, "account" | "userid" | "publickey">,
  path: Path,
): Problem[] {
  const account = accountOf(accounts, person);
  if (account === undefined) {
    const ids = accounts.map(({ id }) => id).join(", ");
    const words =
      person.account === undefined
        ? `is missing, since there are several accounts: ${ids}`
        : `there is no such account; there are ${ids}`;
    return [{ path: [...path, "account"], words }];
  }
  if (account.generation === "public") {
    if (person.publickey === undefined) return [];
    const words = "belongs to the original API; take it out: this person consents with weighbridge authorize";
    return [{ path: [...path, "publickey"], words }];
  }
  return (["userid", "publickey"] as const)
    .filter((key) => person[key] === undefined)
    .map((key) => ({ path: [...path, key], words: `is missing. ${MISSING[key]}` }));
}

const MISSING = {
  userid: "The userid at the API.",
  publickey: "The publickey at the API, or publickey_file: a file that holds it.",
} as const;
