// The whole public surface of @weighbridge/mqtt-bridge.

export { Bridge, type BridgeOptions, type Step } from "./bridge.ts";
export { type ConfigSources, loadConfig } from "./config/load.ts";
export { type Config, configSchema, type PersonConfig } from "./config/schema.ts";
export { VERSION } from "./config/version.ts";
export { createLog, type LeveledLog, type Log, type LogFields, type LogLevel, prettyWriter } from "./log.ts";
