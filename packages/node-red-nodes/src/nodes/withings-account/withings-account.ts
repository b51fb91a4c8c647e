import { problemOf, type Skipped, systemClock } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { Account } from "../../account/account.ts";
import { Applications } from "../../account/applications.ts";
import { FoundKeys } from "../../account/found-keys.ts";
import { openApi } from "../../account/open-api.ts";
import { SetupError } from "../../errors.ts";
import type { AccountNode } from "../../runtime/account-node.ts";
import type { Config } from "../../runtime/config.ts";
import { migrated } from "../../runtime/migrate.ts";
import { stateFile } from "../../runtime/state-files.ts";
import { credentialsOf } from "../../shared/properties.ts";
import { serveEditor } from "./admin-routes.ts";
import { properties } from "./properties.ts";
import { type AccountCredentials, followSettings, settingsOf } from "./settings.ts";

export default function register(RED: NodeAPI): void {
  const keys = new FoundKeys(() => stateFile(RED, "found-keys", "deployed"), systemClock);
  const applications = new Applications(systemClock);
  const credentials = credentialsOf(properties) as Record<keyof AccountCredentials, { type: "text" | "password" }>;

  function WithingsAccount(this: AccountNode & Node<AccountCredentials>, config: Config): void {
    RED.nodes.createNode(this, config);
    let account: Account | undefined;
    let problem: unknown;
    try {
      account = accountOf(this, config);
    } catch (error) {
      problem = error;
      this.error(error instanceof SetupError ? `${error.message}. ${error.remedy}` : problemOf(error).message);
    }
    this.account = () => {
      if (account === undefined) throw problem;
      return account;
    };
    this.on("close", (_removed: boolean, done: () => void) => {
      void (account?.stop() ?? Promise.resolve()).then(done, done);
    });
  }

  function accountOf(node: Node<AccountCredentials>, config: Config): Account {
    const { clock, ...settings } = { clock: systemClock, ...settingsOf(RED, node, migrated(config, [])) };
    const publicKey = deployedKey(node, settings.publicKey);
    const onUnknown = ({ kind, code }: { readonly kind: string; readonly code: number }) =>
      node.log(`unknown ${kind.replace("_", " ")} ${code}: its values come through as they are`);
    const onSkipped = ({ groups, values, field }: Skipped) =>
      node.warn(`${groups} groups and ${values} values cannot be read (${field}): they are left out, the others count`);
    const application = (url: string, calls: number) => applications.of(url, calls);
    const api = openApi({ ...settings, publicKey }, { clock, application, onUnknown, onSkipped });
    const { ambiguous, pollWithoutSubscriptionS } = followSettings(RED, node, config);
    return new Account({
      api,
      name: node.name || api.person.userId,
      stateFile: stateFile(RED, "account", `${node.id}-${api.key.replaceAll(":", "-")}`),
      ambiguous,
      pollWithoutSubscriptionS,
      clock,
      warn: (text) => node.warn(text),
    });
  }

  /** A ticket of "Find my users" becomes the key that it stands for. */
  function deployedKey(node: Node<AccountCredentials>, publicKey: string): string {
    if (!FoundKeys.isTicket(publicKey)) return publicKey;
    const key = keys.redeem(publicKey);
    if (key === undefined)
      throw new SetupError("the key that was found in the editor has expired", {
        code: "account_incomplete",
        remedy: "Find the users again in the account node, and deploy within half an hour.",
      });
    void RED.nodes.addCredentials(node.id, { ...node.credentials, publickey: key });
    return key;
  }

  RED.nodes.registerType<AccountNode & Node<AccountCredentials>, Config, never, AccountCredentials>(
    "withings-account",
    WithingsAccount,
    { credentials },
  );
  serveEditor(RED, keys, systemClock);
}
