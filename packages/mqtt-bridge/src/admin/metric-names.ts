interface MetricRow {
  readonly kind: "gauge" | "counter" | "histogram";
  /** Stands in the README's table. */
  readonly help: string;
  readonly labels?: readonly string[];
}

const gauge = (help: string, ...labels: string[]): MetricRow => ({ kind: "gauge", help, labels });
const counter = (help: string, ...labels: string[]): MetricRow => ({ kind: "counter", help, labels });
const histogram = (help: string, ...labels: string[]): MetricRow => ({ kind: "histogram", help, labels });

/** Every metric of the bridge's own. README and Grafana dashboard are compared with it. */
export const METRICS = {
  weighbridge_info: gauge("1, with version and API generation as labels", "version", "generation"),
  weighbridge_broker_online: gauge("1 while connected to the broker, otherwise 0"),
  weighbridge_callback_seconds: histogram("From a callback's arrival to its answer, by outcome", "outcome"),
  weighbridge_callbacks_total: counter("Callbacks by outcome", "outcome"),
  weighbridge_api_calls_total: counter("Calls to the API by outcome: ok, or the code of the error", "outcome"),
  weighbridge_events_total: counter("Events by kind", "kind"),
  weighbridge_inbox_rows: gauge("Callbacks that wait for a sync"),
  weighbridge_inbox_oldest_seconds: gauge("Age of the oldest of them; 0 where none waits"),
  weighbridge_outbox_rows: gauge("Events on disk for the broker: owed, or parked since it refused them", "state"),
  weighbridge_outbox_oldest_seconds: gauge("Age of the oldest owed event; 0 where none is owed"),
  weighbridge_people: gauge("People who are followed"),
  weighbridge_people_problems: gauge("Problems now, by part (account, subscription, bridge) and code", "part", "code"),
  weighbridge_subscriptions: gauge("People by how their subscription stands: none, active, failed", "state"),
  weighbridge_held_weigh_ins: gauge("Weigh-ins that wait for claim or refuse"),
  weighbridge_unreadable_fields_total: counter("Fields of API answers that could not be read"),
} as const satisfies Readonly<Record<`weighbridge_${string}`, MetricRow>>;

export type MetricName = keyof typeof METRICS;
