import { rm } from "node:fs/promises";
import { problemOf, type Skipped, systemClock } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { Account } from "../../account/account.ts";
import type { AccountApi } from "../../account/account-api.ts";
import { Applications } from "../../account/applications.ts";
import { openApi } from "../../account/open-api.ts";
import { SetupError } from "../../errors.ts";
import type { AccountNode } from "../../runtime/account-node.ts";
import type { Config } from "../../runtime/config.ts";
import { migrated } from "../../runtime/migrate.ts";
import { stateFile } from "../../runtime/state-files.ts";
import { credentialsOf } from "../../shared/properties.ts";
import { serveEditor } from "./admin-routes.ts";
import { CallbackAddress } from "./callback-address.ts";
import { properties } from "./properties.ts";
import { type AccountCredentials, followSettings, settingsOf } from "./settings.ts";

interface Opened {
  readonly account: Account;
  readonly address: CallbackAddress;
}

export default function register(RED: NodeAPI): void {
  deleteFoundKeys(RED);
  const applications = new Applications(systemClock);
  const credentials = credentialsOf(properties) as Record<keyof AccountCredentials, { type: "text" | "password" }>;
  const served = new Set<string>();
  /** Accounts of the first start were deployed in an earlier process. */
  let isFirstStart = true;
  RED.events.once("flows:started", () => {
    isFirstStart = false;
  });

  function WithingsAccount(this: AccountNode & Node<AccountCredentials>, config: Config): void {
    RED.nodes.createNode(this, config);
    let opened: Opened | undefined;
    let problem: unknown;
    try {
      opened = open(this, config);
    } catch (error) {
      problem = error;
      this.error(error instanceof SetupError ? `${error.message}. ${error.remedy}` : problemOf(error).message);
    }
    this.account = () => {
      if (opened === undefined) throw problem;
      return opened.account;
    };
    this.adopt = (publicUrl) => {
      if (opened?.address.adopt(publicUrl)) opened.account.callbackChanged();
    };
    this.on("close", (isRemoved: boolean, done: () => void) => {
      void close(this, opened, isRemoved).then(done);
    });
  }

  /** Never rejects. */
  async function close(node: Node, opened: Opened | undefined, isRemoved: boolean): Promise<void> {
    try {
      await opened?.account.stop({ isRemoved });
    } catch (error) {
      const { message, remedy } = problemOf(error);
      node.warn(`${message}. ${remedy}`);
    }
    opened?.address.close();
  }

  function open(node: Node<AccountCredentials>, config: Config): Opened {
    const api = apiOf(node, migrated(config, []));
    const { publicUrl, comment, ...settings } = followSettings(RED, node, config);
    const address = new CallbackAddress({
      RED,
      node,
      clock: systemClock,
      publicUrl,
      comment,
      served,
      refusalOf: (callbackUrl) => api.refusalOf(callbackUrl),
      take: (userId, window) => account.takeNotification(userId, window),
    });
    const account = new Account({
      ...settings,
      api,
      name: node.name || api.person.userId,
      stateFile: stateFile(RED, "account", `${node.id}-${api.key.replaceAll(":", "-")}`),
      isOld: isFirstStart,
      clock: systemClock,
      callback: () => address.open(),
      isOrphan: (callbackUrl) => address.isOrphan(callbackUrl),
      warn: (text) => node.warn(text),
    });
    address.serve();
    return { account, address };
  }

  function apiOf(node: Node<AccountCredentials>, config: Config): AccountApi {
    const onUnknown = ({ kind, code }: { readonly kind: string; readonly code: number }) =>
      node.log(`unknown ${kind.replace("_", " ")} ${code}: its values come through as they are`);
    const onSkipped = ({ groups, values, field }: Skipped) =>
      node.warn(`${groups} groups and ${values} values cannot be read (${field}): they are left out, the others count`);
    const application = (url: string, calls: number) => applications.of(url, calls);
    return openApi(settingsOf(RED, node, config), { clock: systemClock, application, onUnknown, onSkipped });
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
