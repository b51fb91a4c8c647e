import type { Node, NodeAPI } from "node-red";
import type { Account } from "../account/account.ts";
import { SetupError } from "../errors.ts";

/** An account node, as the other nodes use it. */
export interface AccountNode extends Node {
  /** Throws a SetupError that says which setting is wrong. */
  account(): Account;
}

/** The account that a node's form points to. Throws a SetupError where there is none. */
export function accountOf(RED: NodeAPI, id: unknown): Account {
  const node = typeof id === "string" && id !== "" ? (RED.nodes.getNode(id) as AccountNode | undefined) : undefined;
  if (typeof node?.account === "function") return node.account();
  throw new SetupError("the node has no account", {
    code: "no_account",
    remedy: "Choose an account in the node, and see that it is not disabled.",
  });
}
