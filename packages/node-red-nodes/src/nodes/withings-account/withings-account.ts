import { rm } from "node:fs/promises";
import { type Application, problemOf, systemClock } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { Account } from "../../account/account.ts";
import type { AccountSource, GrantPlace } from "../../account/account-api.ts";
import { type AccountSettings, accountSource } from "../../account/account-source.ts";
import { Applications } from "../../account/applications.ts";
import { SetupError } from "../../errors.ts";
import type { AccountNode } from "../../runtime/account-node.ts";
import type { Config } from "../../runtime/config.ts";
import { grantPlace } from "../../runtime/grants.ts";
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
  /** Of the consent, at today's API. */
  readonly grantName: string;
}

interface SourceParts extends GrantPlace {
  application(...of: Parameters<Applications["of"]>): Application;
}

export default function register(RED: NodeAPI): void {
  deleteFoundKeys(RED);
  const { of: application } = new Applications(systemClock);
  const credentials = credentialsOf(properties) as Record<keyof AccountCredentials, { type: "text" | "password" }>;
  const served = new Set<string>();
  const running = new Set<Opened>();
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
      running.add(opened);
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
    if (opened) running.delete(opened);
  }

  function open(node: Node<AccountCredentials>, config: Config): Opened {
    const grantName = grantNameOf(config);
    const source = sourceOf(node, settingsOf(RED, node, migrated(config, [])), {
      ...grantPlace(RED, grantName),
      application,
    });
    const { publicUrl, comment, ...settings } = followSettings(RED, node, config);
    const address = new CallbackAddress({
      RED,
      node,
      clock: systemClock,
      publicUrl,
      comment,
      served,
      refusalOf: (callbackUrl) => source.refusalOf(callbackUrl),
      take: (userId, window) => account.takeNotification(userId, window),
      takeChange: (...change) => account.takeChange(...change),
    });
    const account = new Account({
      ...settings,
      source,
      name: node.name ?? "",
      stateFile: (key) => stateFile(RED, "account", `${node.id}-${key.replaceAll(":", "-")}`),
      isOld: isFirstStart,
      clock: systemClock,
      callback: () => address.open(),
      isOrphan: (callbackUrl) => address.isOrphan(callbackUrl),
      warn: (text) => node.warn(text),
    });
    address.serve();
    return { account, address, grantName };
  }

  RED.nodes.registerType<AccountNode & Node<AccountCredentials>, Config, never, AccountCredentials>(
    "withings-account",
    WithingsAccount,
    { credentials },
  );
  serveEditor(RED, systemClock, {
    application,
    placeOf: (accountId) => grantPlace(RED, accountId),
    running: () => new Map([...running].map(({ grantName, account }) => [grantName, account.who.name])),
    async onChanged(grantName) {
      const users = [...running].filter((one) => one.grantName === grantName);
      await Promise.all(users.map(({ account }) => account.consentChanged()));
    },
  });
}

/** The API of an account, which says in the log what it met. Throws a WeighbridgeError where a setting is wrong. */
function sourceOf(node: Node, settings: AccountSettings, { application, ...grant }: SourceParts): AccountSource {
  return accountSource(settings, {
    ...{ clock: systemClock, application, grant },
    onGrantWarning: (_name, warning) => node.warn(GRANT_WARNINGS[warning]),
    onUnknown: ({ kind, code }) =>
      node.log(`unknown ${kind.replace("_", " ")} ${code}: its values come through as they are`),
    onSkipped: ({ groups, values, field }) =>
      node.warn(`${groups} groups and ${values} values cannot be read (${field}): they are left out, the others count`),
  });
}

const GRANT_WARNINGS = {
  tokens_in_memory:
    "the newest tokens could not be stored for hours and are used from memory: a restart now would lose the consent. Free the disk",
  consent_old: "the consent was not renewed for eleven months and ends after a year: see why the API is not reached",
} as const;

/** Instances of a subflow have ids of their own: they share the consent of the account in its template, which the editor shows. */
const grantNameOf = ({ id, _alias }: Config): string => (typeof _alias === "string" && _alias !== "" ? _alias : id);

/** Earlier versions kept the keys that *Find my users* had found in a file, in plain text. */
function deleteFoundKeys(RED: NodeAPI): void {
  // A Node-RED without a user directory never had the file; where it cannot be deleted, the start goes on.
  if (RED.settings.userDir) void rm(stateFile(RED, "found-keys", "deployed"), { force: true }).catch(() => {});
}
