import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ManualClock } from "@weighbridge/core/testing";
import { onTestFinished } from "vitest";
import { type Person, type Simulator, type SimulatorOptions, startSimulator } from "../../src/index.ts";

/** 2026-03-01T07:00:00Z. */
export const START = 1_772_348_400;

/** A simulated API on a clock that stands still, until the test is over. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const sim = await startSimulator({ clock: new ManualClock(START * 1000), ...options });
  onTestFinished(() => sim.stop());
  return sim;
}

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

/** A subscriber: a server that takes callbacks, until the test is over. */
export async function startReceiver() {
  const callbacks: { readonly method: string; readonly path: string; readonly body: string }[] = [];
  const answers = { status: 200 };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    callbacks.push({ method: request.method ?? "", path: request.url ?? "", body });
    response.writeHead(answers.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { url, callbacks, answers };
}
