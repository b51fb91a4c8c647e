import { systemClock } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import { serveMessages } from "../../runtime/action.ts";
import type { Config } from "../../runtime/config.ts";
import { credentialsOf } from "../../shared/properties.ts";
import { properties } from "./properties.ts";
import { useUser } from "./use-user.ts";

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
      properties,
      clock: systemClock,
      run: (call) => useUser({ ...call, login: { email, password } }),
    });
  }
  RED.nodes.registerType<Node<LoginCredentials>, Config, never, LoginCredentials>("withings-user", WithingsUser, {
    credentials: credentialsOf(properties) as Record<keyof LoginCredentials, { type: "text" | "password" }>,
  });
}
