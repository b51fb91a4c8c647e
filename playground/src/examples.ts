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

/** Fields that a user fills in after importing an example. */
export interface Household {
  readonly baseUrl: string;
  readonly person: { readonly userId: number; readonly publicKey: string };
  readonly login: { readonly email: string; readonly password: string };
  /** Address at which the API reaches Node-RED. */
  readonly publicUrl: string;
  /** Values for the tabs' environment variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  readonly broker?: { readonly host: string; readonly port: number };
  /** One account for all examples; without it each keeps its own. */
  readonly accountId?: string;
}

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

function fill(node: FlowNode, { baseUrl, person, login, publicUrl, variables, broker }: Household): FlowNode {
  switch (node.type) {
    case "withings-account": {
      const credentials = { userid: String(person.userId), publickey: person.publicKey };
      return { ...node, baseurl: baseUrl, publicurl: publicUrl, credentials };
    }
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
