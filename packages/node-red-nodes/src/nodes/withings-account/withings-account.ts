import { rm } from "node:fs/promises";
import { problemOf, type Skipped, systemClock } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { Account } from "../../account/account.ts";
import { Applications } from "../../account/applications.ts";
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
  deleteFoundKeys(RED);
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
    const onUnknown = ({ kind, code }: { readonly kind: string; readonly code: number }) =>
      node.log(`unknown ${kind.replace("_", " ")} ${code}: its values come through as they are`);
    const onSkipped = ({ groups, values, field }: Skipped) =>
      node.warn(`${groups} groups and ${values} values cannot be read (${field}): they are left out, the others count`);
    const application = (url: string, calls: number) => applications.of(url, calls);
    const api = openApi(settings, { clock, application, onUnknown, onSkipped });
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

  RED.nodes.registerType<AccountNode & Node<AccountCredentials>, Config, never, AccountCredentials>(
    "withings-account",
    WithingsAccount,
    { credentials },
  );
  serveEditor(RED, systemClock);
}

/** Earlier versions kept the keys that *Find my users* had found in a file, in plain text. */
function deleteFoundKeys(RED: NodeAPI): void {
  // A Node-RED without a user directory never had the file; where it cannot be deleted, the start goes on.
  if (RED.settings.userDir) void rm(stateFile(RED, "found-keys", "deployed"), { force: true }).catch(() => {});
}
