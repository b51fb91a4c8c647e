import type { Person, Simulator } from "../../src/index.ts";

type Parameters = Readonly<Record<string, string | number | undefined>>;

/** As any HTTP client sends it: without the project's own client, so that the double is judged by itself. */
export function call(sim: Simulator, path: string, parameters: Parameters, method: "GET" | "POST" = "POST") {
  const [service, action] = path.split("/");
  const sent = Object.entries({ action, ...parameters }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const form = new URLSearchParams(sent);
  return method === "GET"
    ? fetch(`${sim.url}${service}?${form}`)
    : fetch(`${sim.url}${service}`, { method, body: form });
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the API answers is what the tests find out
  readonly body?: any;
}

type Asked = [sim: Simulator, path: string, parameters: Parameters, method?: "GET" | "POST"];

export async function ask(...asked: Asked): Promise<Answer> {
  const response = await call(...asked);
  return (await response.json()) as Answer;
}

export const statusOf = async (...asked: Asked): Promise<number> => (await ask(...asked)).status;

export const keyOf = ({ userId, publicKey }: Person) => ({ userid: userId, publickey: publicKey });
