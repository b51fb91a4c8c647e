import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { CallError } from "../shared/call-error.ts";

/** A node's settings as the editor saved them. */
export type Config = NodeDef & Readonly<Record<string, unknown>>;
/** A node's fields after evaluation, by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** Message property that overrides the form, field by field. */
const OVERRIDES = "withings";

/** The fields of an action node for one message: what `msg.withings` says, else what the form says. */
export async function fieldsOf(
  { RED, node, config }: { readonly RED: NodeAPI; readonly node: Node; readonly config: Config },
  names: readonly string[],
  msg: NodeMessage,
): Promise<Fields> {
  const overrides = overridesOf(msg);
  const entries = names.map(async (name) => {
    const value = overrides[name] ?? (await evaluated(RED, node, config, name, msg));
    return [name, value] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Takes the overrides out of the message: the next node has settings of its own. */
function overridesOf(msg: NodeMessage): Fields {
  const given = msg[OVERRIDES];
  delete msg[OVERRIDES];
  if (given === undefined || given === null) return {};
  if (typeof given === "object" && !Array.isArray(given)) return given as Fields;
  throw new CallError("msg.withings is not an object", {
    code: "invalid_value",
    remedy: 'Set msg.withings to an object such as { "limit": 5 }.',
  });
}

function evaluated(RED: NodeAPI, node: Node, config: Config, name: string, msg: NodeMessage): Promise<unknown> {
  const [value, type] = [config[name], config[`${name}Type`]];
  // A blank number would become 0, a blank expression an error.
  if (value === undefined || value === null || (value === "" && type !== "date")) return Promise.resolve(undefined);
  if (typeof type !== "string" || type === "choice") return Promise.resolve(value);
  return new Promise((resolve, reject) => {
    const settle = (error: unknown, result: unknown) => (error ? reject(unreadable(name, error)) : resolve(result));
    try {
      RED.util.evaluateNodeProperty(String(value), type, node, msg, settle);
    } catch (error) {
      reject(unreadable(name, error));
    }
  });
}

/** A field of a node without messages: a fixed value or an environment variable. */
export function settingOf(RED: NodeAPI, node: Node, config: Config, name: string): unknown {
  const [value, type] = [config[name], config[`${name}Type`]];
  if (type !== "env" || value === "" || value === undefined) return value;
  return RED.util.evaluateNodeProperty(String(value), "env", node, {});
}

function unreadable(name: string, error: unknown): CallError {
  return new CallError(`${name} could not be evaluated: ${error instanceof Error ? error.message : "error"}`, {
    code: "invalid_expression",
    remedy: `Correct the expression in ${name}.`,
  });
}
