import type { Node, NodeAPI } from "node-red";
import type { Account } from "../account/account.ts";
import { SetupError } from "../errors.ts";

/** An account node, as the other nodes use it. */
export interface AccountNode extends Node {
  /** Throws a SetupError that says which setting is wrong. */
  account(): Account;
  /** Takes the public address of a weigh-in node that was saved by an earlier version, where the account has none. */
  adopt(publicUrl: string): void;
}

/** The account that a node's form points to. Throws a SetupError where there is none. */
export const accountOf = (RED: NodeAPI, id: unknown): Account => accountNodeOf(RED, id).account();

/** The account node that a node's form points to. Throws a SetupError where there is none. */
export function accountNodeOf(RED: NodeAPI, id: unknown): AccountNode {
  const node = typeof id === "string" && id !== "" ? (RED.nodes.getNode(id) as AccountNode | undefined) : undefined;
  if (typeof node?.account === "function") return node;
  throw new SetupError("the node has no account", {
    code: "no_account",
    remedy: "Choose an account in the node, and see that it is not disabled.",
  });
}
