import { systemClock } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { serveMessages } from "../../runtime/action.ts";
import type { Config } from "../../runtime/config.ts";
import { FIELDS, useUser } from "./use-user.ts";

interface LoginCredentials {
  readonly loginemail?: string;
  readonly loginpassword?: string;
}

export default function register(RED: NodeAPI): void {
  function WithingsUser(this: Node<LoginCredentials>, config: Config): void {
    RED.nodes.createNode(this, config);
    const { loginemail: email = "", loginpassword: password = "" } = this.credentials ?? {};
    serveMessages({
      RED,
      node: this,
      config,
      migrations: [],
      fields: FIELDS,
      clock: systemClock,
      run: (call) => useUser({ ...call, login: { email, password } }),
    });
  }
  RED.nodes.registerType<Node<LoginCredentials>, Config, never, LoginCredentials>("withings-user", WithingsUser, {
    credentials: { loginemail: { type: "text" }, loginpassword: { type: "password" } },
  });
}
