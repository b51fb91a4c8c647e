import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NODES_FOLDER } from "./packages.ts";

/** A node as it stands in a flow file. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly credentials?: object;
  readonly [property: string]: unknown;
}

export interface Example {
  readonly name: string;
  readonly nodes: readonly FlowNode[];
}

/** Values of an account's form, by the generation of the API. */
export type FilledAccount =
  | { readonly generation: "wbs"; readonly userId: number; readonly publicKey: string }
  | {
      readonly generation: "public";
      readonly clientId: string;
      readonly clientSecret: string;
      readonly redirectUrl: string;
    };

/** Fields that a user fills in after importing an example. */
export interface Household {
  readonly baseUrl: string;
  readonly account: FilledAccount;
  readonly login: { readonly email: string; readonly password: string };
  /** Address at which the API reaches Node-RED. */
  readonly publicUrl: string;
  /** Values for the tabs' environment variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  readonly broker?: { readonly host: string; readonly port: number };
  /** One account for all examples; without it each keeps its own. */
  readonly accountId?: string;
}

/** Examples whose actions only the other generation of the API has. */
const NOT_AT: Readonly<Record<FilledAccount["generation"], string>> = {
  wbs: "devices-and-goals",
  public: "people-and-sharing",
};

/** Those that work at an API of this generation. */
export const examplesOf = (generation: FilledAccount["generation"]): Example[] =>
  readExamples().filter(({ name }) => name !== NOT_AT[generation]);

export function readExamples(): Example[] {
  const folder = join(NODES_FOLDER, "examples");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({
      name: file.replace(/\.json$/, ""),
      nodes: JSON.parse(readFileSync(join(folder, file), "utf8")) as FlowNode[],
    }));
}

/** Examples with everything filled in, ready to deploy. */
export function tailored(nodes: readonly FlowNode[], household: Household): FlowNode[] {
  const { accountId } = household;
  const filled = nodes.map((node) => fill(node, household));
  if (accountId === undefined) return filled;
  const shared = filled.find(({ type }) => type === "withings-account");
  const others = filled.filter(({ type }) => type !== "withings-account");
  return [
    ...(shared ? [{ ...shared, id: accountId }] : []),
    ...others.map((node) => ("account" in node ? { ...node, account: accountId } : node)),
  ];
}

function fill(node: FlowNode, { baseUrl, account, login, publicUrl, variables, broker }: Household): FlowNode {
  switch (node.type) {
    case "withings-account":
      return { ...node, ...accountFields(account), baseurl: baseUrl, publicurl: publicUrl };
    case "withings-user":
      return { ...node, credentials: { loginemail: login.email, loginpassword: login.password } };
    case "mqtt-broker":
      return broker ? { ...node, broker: broker.host, port: String(broker.port) } : node;
    case "tab": {
      const env = (node["env"] ?? []) as readonly { readonly name: string; readonly value: string }[];
      return { ...node, env: env.map((entry) => ({ ...entry, value: variables[entry.name] ?? entry.value })) };
    }
    default:
      return node;
  }
}

/** As the account's form saves them. */
export function accountFields(account: FilledAccount): object {
  if (account.generation === "wbs") {
    const { userId, publicKey: publickey } = account;
    return { generation: "wbs", credentials: { userid: String(userId), publickey } };
  }
  const { clientId: clientid, clientSecret: clientsecret, redirectUrl: redirecturl } = account;
  return { generation: "public", redirecturl, credentials: { clientid, clientsecret } };
}
