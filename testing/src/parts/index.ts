// For processes without a test runner as well: the caller stops what it starts.

export { answers } from "./answers.ts";
export { Broker, type Received, Subscriber } from "./broker.ts";
export { freePort } from "./free-port.ts";
export { type Listening, listen } from "./listen.ts";
export { hasPostgres, Postgres } from "./postgres.ts";
export { until } from "./until.ts";
