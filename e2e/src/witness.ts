import mqtt, { type MqttClient } from "mqtt";

/** A persistent subscriber at QoS 2, as a careful consumer is: it counts what it gets. */
export class Witness {
  /** By event_id, how often it came. */
  readonly byEvent = new Map<string, number>();
  /** By `<person> <weigh-in> <kind>`, how often it came. */
  readonly byWeighIn = new Map<string, number>();
  lastAt = Date.now();
  readonly #client: MqttClient;

  constructor(client: MqttClient) {
    this.#client = client;
    client.on("error", () => {});
    client.on("message", (_, payload) => {
      const { event_id, event_type, weigh_in, person } = JSON.parse(payload.toString());
      count(this.byEvent, event_id);
      count(this.byWeighIn, `${person} ${weigh_in} ${event_type}`);
      this.lastAt = Date.now();
    });
  }

  get total(): number {
    return [...this.byEvent.values()].reduce((sum, times) => sum + times, 0);
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}

const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

export async function startWitness(url: string): Promise<Witness> {
  const client = await mqtt.connectAsync(url, {
    clientId: "witness",
    protocolVersion: 5,
    clean: false,
    properties: { sessionExpiryInterval: 0xffff_ffff },
    reconnectPeriod: 200,
  });
  const witness = new Witness(client);
  await client.subscribeAsync("weighbridge/people/+/weigh_in", { qos: 2 });
  return witness;
}
