import { until } from "@weighbridge/testing/parts";

interface Told {
  readonly topic: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message in the debug sidebar. */
export interface Shown {
  /** The id of the debug node. */
  readonly id: string;
  readonly name: string;
  readonly value: unknown;
}

/** Messages of Node-RED to its editors: debug messages and what stands below the nodes, as somebody would read them there. */
export class EditorComms {
  readonly shown: Shown[] = [];
  readonly #statuses = new Map<string, string[]>();
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      for (const told of [JSON.parse(String(data))].flat() as Told[]) this.#take(told);
    });
  }

  /** Every status text of a node, oldest first. */
  statuses(nodeId: string): readonly string[] {
    return this.#statuses.get(nodeId) ?? [];
  }

  /** Resolves when the node's status is, or has been, this. */
  async showsStatus(nodeId: string, text: string | RegExp): Promise<void> {
    await until(() => this.statuses(nodeId).some((one) => (typeof text === "string" ? one === text : text.test(one))));
  }

  /** Resolves with the values that a debug node showed, once there are `count`. */
  async values(nodeId: string, count: number, limitMs?: number): Promise<unknown[]> {
    return until(() => {
      const values = this.shown.filter(({ id }) => id === nodeId).map(({ value }) => value);
      return values.length >= count && values;
    }, limitMs);
  }

  close(): void {
    this.#socket.close();
  }

  #take({ topic, data }: Told): void {
    if (topic === "debug") {
      const { id, name, msg, format } = data as { id: string; name: string; msg: string; format: string };
      this.shown.push({ id, name, value: /^(Object|array|error|number|boolean)/i.test(format) ? parsed(msg) : msg });
    }
    if (topic.startsWith("status/")) {
      const id = topic.slice("status/".length);
      this.#statuses.set(id, [...this.statuses(id), String(data["text"] ?? "")]);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export async function openComms(nodeRedUrl: string): Promise<EditorComms> {
  // Node-RED says that its flows run a moment before it serves its editors.
  const socket = await until(() => opened(`${nodeRedUrl.replace("http", "ws")}/comms`));
  const comms = new EditorComms(socket);
  for (const topic of ["debug", "status/#"]) socket.send(JSON.stringify({ subscribe: topic }));
  return comms;
}

async function opened(url: string): Promise<WebSocket | undefined> {
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    socket.addEventListener("open", () => resolve(socket));
    socket.addEventListener("error", () => resolve(undefined));
  });
}
