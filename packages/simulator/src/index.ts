// The whole public surface of @weighbridge/simulator.

export type { ApplicationDetails, Pair, Profile } from "./applications/application.ts";
export type { Quirks } from "./applications/quirks.ts";
export type { FaultFilter, FaultHandle, FaultKind } from "./faults.ts";
export type { WireGroup, WireMeasure } from "./history.ts";
export type { CallbackEntry, CallEntry, DeedEntry, LogEntry } from "./log.ts";
export type { NewGroup, Person, PersonDetails, SimulatedDevice, WeighIn } from "./person.ts";
export type { RegisteredApplication } from "./public/registered.ts";
export { type Simulator, type SimulatorOptions, startSimulator } from "./simulator.ts";
