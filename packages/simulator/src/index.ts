// The whole public surface of @weighbridge/simulator.

export type { FaultFilter, FaultHandle, FaultKind } from "./faults.ts";
export type { WireGroup, WireMeasure } from "./history.ts";
export type { CallbackEntry, CallEntry, DeedEntry, LogEntry } from "./log.ts";
export type { NewGroup, Person, PersonDetails, WeighIn } from "./person.ts";
export { type Simulator, type SimulatorOptions, startSimulator } from "./simulator.ts";
