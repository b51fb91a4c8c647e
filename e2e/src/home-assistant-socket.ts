interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Received {
  readonly type: string;
  readonly id?: number;
  readonly success?: boolean;
  readonly result?: unknown;
  readonly message?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Home Assistant's WebSocket API, which alone knows the registries. */
export class HomeAssistantSocket {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(url: string, token: string): Promise<HomeAssistantSocket> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/websocket`);
    const opened = new HomeAssistantSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onerror = () => reject(new Error("Home Assistant's WebSocket did not open"));
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(String(data)) as Received;
        if (message.type === "auth_required") socket.send(JSON.stringify({ type: "auth", access_token: token }));
        else if (message.type === "auth_ok") resolve();
        else if (message.type === "auth_invalid") reject(new Error(message.message));
        else if (message.type === "result") opened.#settle(message);
      };
    });
    return opened;
  }

  command<T>(message: object): Promise<T> {
    this.#lastId++;
    const id = this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      this.#socket.send(JSON.stringify({ id, ...message }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #settle({ id = 0, success, result, error }: Received): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (success) waiting?.resolve(result);
    else waiting?.reject(new Error(`${error?.code}: ${error?.message}`));
  }
}
