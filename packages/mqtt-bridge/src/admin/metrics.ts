import type { Clock, EpochSeconds } from "@weighbridge/core";
// Loaded at the first scrape: the types cost nothing.
import type { Registry } from "prom-client";
import type { CallbackCounts } from "../messages/bridge-documents.ts";
import type { People } from "../people/people.ts";
import { infoDocument, type Status } from "../status.ts";
import type { StatusProblem } from "./contract.ts";
import type { Counters } from "./counters.ts";
import { METRICS, type MetricName } from "./metric-names.ts";

export interface MetricsInput {
  readonly people: People;
  readonly status: Status;
  readonly clock: Clock;
  readonly counters: Counters;
  isOnline(): boolean;
  problems(): readonly StatusProblem[];
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** What Prometheus scrapes. Made at the first scrape; the figures of the bridge are read anew at each. */
export class Metrics {
  readonly #input: MetricsInput;
  #registry: Promise<Registry> | undefined;

  constructor(input: MetricsInput) {
    this.#input = input;
  }

  async text(): Promise<{ readonly type: string; readonly body: string }> {
    this.#registry ??= this.#make();
    const registry = await this.#registry;
    const samples = await this.#samples();
    for (const [name, values] of Object.entries(samples)) setAll(registry, name as MetricName, values);
    return { type: registry.contentType, body: await registry.metrics() };
  }

  async #make(): Promise<Registry> {
    const { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } = (await import("prom-client")).default;
    const registry = new Registry();
    for (const [name, { kind, help, labels = [] }] of Object.entries(METRICS)) {
      const shape = { name, help, labelNames: labels, registers: [registry] };
      if (kind === "histogram") {
        const histogram = new Histogram({ ...shape, buckets: BUCKETS_S });
        this.#input.counters.observeWith(({ outcome, seconds }) => histogram.observe({ outcome }, seconds));
      } else if (kind === "counter") new Counter(shape);
      else new Gauge(shape);
    }
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_PRECISION_MS });
    return registry;
  }

  async #samples(): Promise<Readonly<Partial<Record<MetricName, readonly Sample[]>>>> {
    const { people, status, counters, isOnline, problems } = this.#input;
    const bridge = await status.read();
    const { waiting, version, generation } = bridge;
    const now = this.#input.clock.now() / 1000;
    const age = (at: EpochSeconds | null) => (at === null ? 0 : Math.max(0, now - at));
    return {
      weighbridge_info: [[{ version, generation }, 1]],
      weighbridge_broker_online: [[{}, Number(isOnline())]],
      weighbridge_inbox_rows: [[{}, waiting.hints]],
      weighbridge_inbox_oldest_seconds: [[{}, age(waiting.oldestHintAt)]],
      weighbridge_outbox_rows: [
        [{ state: "owed" }, waiting.owed],
        [{ state: "parked" }, waiting.parked],
      ],
      weighbridge_outbox_oldest_seconds: [[{}, age(waiting.oldestOwedAt)]],
      weighbridge_callbacks_total: ofRecord("outcome", infoDocument(bridge).callbacks),
      weighbridge_api_calls_total: ofMap("outcome", counters.apiCalls),
      weighbridge_events_total: ofMap("kind", counters.events),
      weighbridge_unreadable_fields_total: [[{}, bridge.unreadableFields]],
      weighbridge_people: [[{}, people.all.length]],
      weighbridge_people_problems: problemCounts(problems()),
      weighbridge_subscriptions: ofMap("state", subscriptionCounts(people)),
      weighbridge_held_weigh_ins: [[{}, people.all.reduce((sum, { rows }) => sum + rows.stored.held.count, 0)]],
    };
  }
}

/** From a commit on a fast disk to an API that is about to give up. */
const BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** The library's own 10 ms would wake an idle bridge a hundred times a second. */
const LOOP_PRECISION_MS = 500;

const ofMap = (label: string, counts: ReadonlyMap<string, number>): Sample[] =>
  [...counts].map(([key, value]) => [{ [label]: key }, value]);

const ofRecord = (label: string, counts: CallbackCounts | null): Sample[] =>
  ofMap(label, new Map(Object.entries(counts ?? {})));

function subscriptionCounts({ all }: People): ReadonlyMap<string, number> {
  const counts = new Map(["none", "active", "failed"].map((state) => [state, 0]));
  for (const { rows } of all) {
    const status = rows.stored.subscription?.status;
    const state = status === undefined ? "none" : status === "failed" ? "failed" : "active";
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

function problemCounts(problems: readonly StatusProblem[]): Sample[] {
  const counted = Map.groupBy(problems, ({ part, code }) => `${part} ${code}`);
  return [...counted.values()].map((all) => {
    const { part = "bridge", code = "" } = all[0] ?? {};
    return [{ part, code }, all.length];
  });
}

/** A counter of the library only adds: what is counted here already is set anew. A label that is gone must not stay at its last value. */
function setAll(registry: Registry, name: MetricName, samples: readonly Sample[]): void {
  const metric = registry.getSingleMetric(name) as unknown as {
    reset(): void;
    set?(labels: Labels, value: number): void;
    inc(labels: Labels, value: number): void;
  };
  metric.reset();
  for (const [labels, value] of samples)
    if (metric.set) metric.set(labels, value);
    else metric.inc(labels, value);
}
