/**
 * Every room of every package, and the rooms that it may import: `pnpm lint` checks sources against this table, docs/structure.md explains it.
 * A room is a folder (`domain/`) or one file (`errors.ts`), named from the package's `src`; `*` stands for one name, the same in importer and imported.
 */
export interface Room {
  /** Rooms of the same package. */
  readonly may: readonly string[];
  /** Packages, beside those that every room of the package may import. `*` is any package from outside the workspace. */
  readonly modules?: readonly string[];
  /** Printed with each violation. */
  readonly because: string;
}

export interface Package {
  /** Packages that every source may import. */
  readonly modules: readonly string[];
  /** Packages of the workspace that tests and scripts may import as well. */
  readonly tests: readonly string[];
  readonly rooms: Readonly<Record<string, Room>>;
}

/** Modules of Node that a room must name to import; the others are free. */
export const RESERVED_BUILTINS: ReadonlySet<string> = new Set(["node:sqlite"]);

const CORE = "@weighbridge/core";
const CLOCK = "@weighbridge/core/clock";
const CORE_TESTING = "@weighbridge/core/testing";
const SIMULATOR = "@weighbridge/simulator";
const BRIDGE = "@weighbridge/mqtt-bridge";
const PLAYGROUND = "@weighbridge/playground";
const TESTING = "@weighbridge/testing";
const PARTS = "@weighbridge/testing/parts";

const base = (because: string, may: readonly string[] = [], modules: readonly string[] = []): Room => ({
  may,
  modules,
  because,
});

/** Rooms that every room of core may import. */
const BASE = ["error-codes.ts", "errors.ts", "clock.ts", "limits.ts"];

/** The rooms of one API generation; two generations never import each other. */
function generation(name: string, types: readonly string[]): Record<string, Room> {
  const own = types.map((file) => `${name}/${file}`);
  const because = "what users hold of one generation is a type";
  const below = [...BASE, "domain/", "http/"];
  return {
    ...Object.fromEntries(own.map((file) => [file, base(because, ["domain/"])])),
    [`${name}/wire/`]: base("the wire layer describes what travels: scalars and zod", ["domain/", "http/"], ["zod"]),
    [`${name}/decode/`]: base("decoding turns wire into domain and calls nothing", [
      ...["error-codes.ts", "errors.ts", "limits.ts", "domain/", "http/", "getmeas/", "ports/", `${name}/wire/`],
      ...own,
    ]),
    [`${name}/`]: base("a generation knows the shared client, its own parts and the ports, never another generation", [
      ...below,
      ...["ports/", `${name}/wire/`, `${name}/decode/`],
      ...own,
    ]),
  };
}

const core: Package = {
  modules: [],
  tests: [TESTING],
  rooms: {
    "error-codes.ts": base("codes are one table"),
    "errors.ts": base("errors know their codes and nothing else", ["error-codes.ts"]),
    "clock.ts": base("the clock knows nothing else"),
    "limits.ts": base("limits are plain numbers"),
    "domain/": base("domain is what users hold: it knows itself only"),
    "ports/": base("a port speaks of domain only", [...BASE, "domain/"]),
    "http/": base("http/ is blind to generations and to its callers", [...BASE, "domain/"], ["zod"]),
    "getmeas/": base("getmeas/ is what both generations' measure groups have in common", ["domain/", "http/"], ["zod"]),
    ...generation("wbs", ["wbs-user.ts", "listed-subscription.ts"]),
    ...generation("public", ["categories.ts", "models.ts", "device.ts"]),
    "tokens/": base("tokens/ keeps grants behind the port and knows no API", [...BASE, "domain/", "ports/"], ["zod"]),
    "weigh-ins/": base("weigh-ins/ is pure: stored and fetched groups in, events and state out", [
      ...[...BASE, "domain/", "ports/"],
    ]),
    "follow/": base("follow/ sees an API and a store through ports only", [
      ...[...BASE, "domain/", "ports/", "weigh-ins/"],
    ]),
    "testing/": base(
      "testing/ implements ports for tests",
      ["errors.ts", "clock.ts", "limits.ts", "domain/", "ports/", "weigh-ins/", "follow/"],
      ["vitest"],
    ),
    "index.ts": base("index.ts exports what ships", [
      ...[...BASE, "domain/", "ports/", "http/", "wbs/", "wbs/decode/", "public/", "public/decode/"],
      ...["public/categories.ts", "public/device.ts"],
      ...["wbs/wbs-user.ts", "wbs/listed-subscription.ts", "tokens/", "weigh-ins/", "follow/"],
    ]),
  },
};

/** Rooms that every room of the bridge may import. */
const SHARED = ["errors.ts", "limits.ts", "log.ts"];
const DATA = ["messages/", "store/", "config/"];
const MIDDLE = ["status.ts", "people/", "accounts/", "home-assistant/", "http/", "updates/"];
const UPPER = ["mqtt/", "receiver/", "admin/"];
const STORES = ["store/sqlite/", "store/postgres/"];

const bridge: Package = {
  modules: [CORE],
  tests: [CLOCK, CORE_TESTING, SIMULATOR, TESTING],
  rooms: {
    "errors.ts": base("errors know nothing of the bridge"),
    "limits.ts": base("limits are plain numbers"),
    "log.ts": base("the log knows nothing of the bridge", [], ["pino", "pino-pretty"]),
    "config/": base("configuration is read before anything else exists", SHARED, ["yaml", "zod"]),
    "store/": base("the store's port knows core only", ["errors.ts", "limits.ts"]),
    "store/sqlite/": base("a store implements the port", [...SHARED, "store/"], ["node:sqlite"]),
    "store/postgres/": base("a store implements the port", [...SHARED, "store/"], ["pg"]),
    "grants/": base("grants/ keeps tokens in files and knows no API", [...SHARED, "store/sqlite/"], ["node:sqlite"]),
    "messages/": base(
      "messages/ says what topics hold, not how it gets there",
      [...SHARED, "store/", "config/"],
      ["zod"],
    ),
    "accounts/": base("accounts/ makes APIs of the configuration", [...SHARED, ...DATA]),
    "status.ts": base("the status is a view of people and accounts", [...SHARED, ...DATA, "accounts/"]),
    "home-assistant/": base("discovery is made of messages", [...SHARED, ...DATA]),
    "people/": base("people/ knows neither broker nor HTTP", [
      ...[...SHARED, ...DATA, "accounts/", "grants/", "status.ts"],
    ]),
    "http/": base("http/ is what receiver and admin share", SHARED),
    "mqtt/": base(
      "the broker's side knows neither receiver nor admin",
      [...SHARED, ...DATA, ...MIDDLE.filter((room) => room !== "http/")],
      ["mqtt"],
    ),
    "receiver/": base("the public side knows neither broker nor admin", [...SHARED, ...DATA, ...MIDDLE]),
    "admin/": base(
      "the private side knows neither broker nor receiver",
      [...SHARED, ...DATA, ...MIDDLE, "admin/contract.ts"],
      ["prom-client"],
    ),
    "admin/contract.ts": base("the contract is types of what the private side answers", [...SHARED, ...DATA]),
    "admin/page/": base(
      "the page runs in a browser and knows the bridge by its contract only",
      ["admin/contract.ts"],
      ["preact", "uplot"],
    ),
    "authorize/": base("authorize/ leads one person through the consent page", [
      ...[...SHARED, "config/", "accounts/", "grants/", "http/"],
    ]),
    "backup/": base(
      "backup/ copies a state directory and puts it back",
      [...SHARED, "store/", "store/sqlite/"],
      ["zod"],
    ),
    "setup/": base(
      "setup/ makes a configuration of answers, and tries what they name",
      [...SHARED, "config/", "accounts/", "http/", "mqtt/"],
      ["@clack/prompts"],
    ),
    "doctor/": base("doctor/ looks at what people depend on, and changes nothing", [
      ...[...SHARED, "config/", "accounts/", "grants/"],
    ]),
    "open-store.ts": base("open-store.ts chooses the store that the configuration names", [
      ...[...SHARED, "store/", "config/", ...STORES],
    ]),
    "updates/": base("updates/ asks a registry, and knows nobody who listens", SHARED, ["zod", "registry-url"]),
    "history/": base("history/ brings stored measures to Home Assistant, and reads no store itself", [...SHARED]),
    "bridge.ts": base("bridge.ts wires the rooms below it", [
      ...[...SHARED, ...DATA, ...MIDDLE, ...UPPER, "open-store.ts", "grants/"],
    ]),
    "index.ts": base("index.ts exports the library: the bridge, its configuration, its log", [
      ...["bridge.ts", "config/", "log.ts"],
    ]),
    "commands/": base(
      "a command uses the bridge, never the command line's entry",
      [
        ...[...SHARED, ...DATA, ...MIDDLE, ...STORES],
        ...[
          "mqtt/",
          "grants/",
          "authorize/",
          "doctor/",
          "history/",
          "setup/",
          "backup/",
          "admin/",
          "admin/contract.ts",
          "open-store.ts",
          "bridge.ts",
        ],
      ],
      ["open", "commander"],
    ),
    "cli.ts": base("cli.ts starts commands and knows nothing else", ["commands/"]),
  },
};

const FORM = ["editor/", "shared/", "nodes/*/properties.ts"];
const BEHAVIOUR = ["errors.ts", "limits.ts", "shared/", "documents/", "account/"];
const NODE = [...BEHAVIOUR, "runtime/", "nodes/*/properties.ts"];

const nodes: Package = {
  modules: [CORE],
  tests: [CLOCK, CORE_TESTING, SIMULATOR, TESTING],
  rooms: {
    "errors.ts": base("errors know the codes and nothing else of the nodes", ["shared/"]),
    "limits.ts": base("limits are plain numbers"),
    "shared/": base("form and runtime share checks, so these run in both"),
    "account/": base("account/ works without Node-RED and without a generation", ["errors.ts", "limits.ts", "shared/"]),
    "account/wbs-api.ts": base("one file for each generation knows it", ["errors.ts", "limits.ts", "account/"]),
    "account/public-api.ts": base("one file for each generation knows it", ["errors.ts", "limits.ts", "account/"]),
    "account/account-source.ts": base("one file chooses the generation", [
      ...["errors.ts", "limits.ts", "shared/", "account/", "account/wbs-api.ts", "account/public-api.ts"],
    ]),
    "documents/": base("documents are made without Node-RED", ["errors.ts", "limits.ts", "shared/", "account/"]),
    "runtime/": base("runtime/ knows no node", BEHAVIOUR, ["node-red"]),
    "editor/": base("the editor runs in a browser: nothing of the runtime reaches it", ["shared/"]),
    "nodes/*/properties.ts": base("properties are read by form and runtime: they know neither", ["shared/"]),
    "nodes/*/editor.ts": base("a form runs in a browser: nothing of the runtime reaches it", FORM),
    "nodes/*/": base("nodes do not import each other, and only the account node knows the generation", NODE, [
      "node-red",
    ]),
    "nodes/withings-account/": base(
      "nodes do not import each other",
      [...NODE, "account/account-source.ts"],
      ["node-red"],
    ),
  },
};

const simulator: Package = {
  // A double that shares the client's code shares its mistakes.
  modules: [],
  tests: [CORE, CLOCK, CORE_TESTING, SIMULATOR, TESTING],
  rooms: {
    "limits.ts": base("limits are plain numbers"),
    "faults.ts": base("faults are counted, nothing else"),
    "history.ts": base("a history knows groups only"),
    "refusal.ts": base("a refusal is a value"),
    "clock.ts": base("of core the simulator uses the clock only", [], [CLOCK]),
    "parameters.ts": base("parameters know refusals", ["refusal.ts"]),
    "described.ts": base("descriptions know histories", ["history.ts"]),
    "log.ts": base("the log knows time and limits", ["clock.ts", "limits.ts"]),
    "subscriptions.ts": base("subscriptions know time and limits", ["clock.ts", "limits.ts"]),
    "deliveries.ts": base("deliveries know neither people nor generations", [
      ...["clock.ts", "faults.ts", "limits.ts", "log.ts"],
    ]),
    "person.ts": base("a person knows neither world nor server", [
      ...["clock.ts", "deliveries.ts", "described.ts", "history.ts", "limits.ts", "log.ts", "subscriptions.ts"],
    ]),
    "newcomer.ts": base("a newcomer is a person with defaults", ["person.ts"]),
    "applications/": base("an application knows who consented to it, not how it is asked", [
      ...["clock.ts", "deliveries.ts", "person.ts"],
    ]),
    "public/": base("public/ is today's API, apart from the original one", [
      ...["applications/", "faults-answer.ts", "history.ts", "parameters.ts", "person.ts", "world.ts"],
    ]),
    "faults-answer.ts": base("a fault answers in place of the API", ["faults.ts", "refusal.ts", "world.ts"]),
    "world.ts": base(
      "a world knows people and applications, not how they are asked",
      ["clock.ts", "deliveries.ts", "faults.ts", "history.ts", "limits.ts", "log.ts", "person.ts", "applications/"],
      [CLOCK],
    ),
    "services/": base("a service reads the world and answers or refuses", [
      ...["history.ts", "limits.ts", "parameters.ts", "person.ts", "refusal.ts", "world.ts"],
    ]),
    "api.ts": base("the API chooses a service", [
      ...["faults-answer.ts", "faults.ts", "limits.ts", "parameters.ts", "refusal.ts", "services/", "world.ts"],
    ]),
    "page/": base("the page runs in a browser"),
    "page.ts": base(
      "the page's server acts on the world",
      ["limits.ts", "log.ts", "newcomer.ts", "person.ts", "world.ts"],
      ["zod"],
    ),
    "server.ts": base("the server leads to the API and the page", [
      ...["api.ts", "faults.ts", "limits.ts", "page.ts", "public/", "world.ts"],
    ]),
    "simulator.ts": base(
      "the simulator starts the server",
      [
        "applications/",
        "public/",
        "clock.ts",
        "faults.ts",
        "limits.ts",
        "log.ts",
        "person.ts",
        "server.ts",
        "world.ts",
      ],
      [CLOCK],
    ),
    "index.ts": base("index.ts exports what tests hold", [
      "applications/",
      "public/",
      ...["clock.ts", "faults.ts", "history.ts", "log.ts", "person.ts", "simulator.ts"],
    ]),
    "cli.ts": base("the command starts the simulator", ["limits.ts", "newcomer.ts", "simulator.ts"]),
  },
};

/** A package that nobody installs: one room, packages as listed. */
const workspace = (because: string, modules: readonly string[]): Package => ({
  modules: ["*", ...modules],
  tests: modules,
  rooms: { "*": base(because) },
});

export const PACKAGES: Readonly<Record<string, Package>> = {
  "packages/core": core,
  "packages/simulator": simulator,
  "packages/mqtt-bridge": bridge,
  "packages/node-red-nodes": nodes,
  "packages/demo": workspace("the demo uses what the bridge and the simulator export", [CORE, BRIDGE, SIMULATOR]),
  testing: workspace("test machinery knows what it starts, never a test", [CORE, CLOCK, CORE_TESTING, SIMULATOR]),
  conformance: workspace("conformance compares core with the simulator", [
    CORE,
    CLOCK,
    CORE_TESTING,
    SIMULATOR,
    TESTING,
  ]),
  examples: workspace("examples use what is public", [CORE, CORE_TESTING, SIMULATOR, TESTING]),
  playground: workspace("the playground starts the simulator and a Node-RED", [SIMULATOR, PARTS]),
  e2e: workspace("e2e starts the packages as users do", [CORE, CLOCK, SIMULATOR, BRIDGE, PLAYGROUND, PARTS]),
  bench: workspace("bench measures packages as users start them", [
    ...[CORE, CLOCK, CORE_TESTING, SIMULATOR, BRIDGE, PLAYGROUND, TESTING, PARTS],
  ]),
  lint: workspace("lint knows no package", []),
  deploy: workspace("deploy makes the bridge's configuration and starts the bridge, whose code it does not import", []),
  scripts: workspace("scripts read the repository", []),
};

/** Rooms of the design that may still be missing. */
export const COMING: ReadonlySet<string> = new Set([
  ...["public/", "public/wire/", "public/decode/", "accounts/", "admin/"],
  "store/postgres/",
]);

export interface Exception {
  /** One file. */
  readonly from: string;
  /** A path in the repository, or a module. */
  readonly to: string;
  readonly because: string;
}

function except(from: string, because: string, targets: readonly string[]): Exception[] {
  return targets.map((to) => ({ from, to, because }));
}

/** Imports against the table, one by one. Each must still be there: the check reports one that is not. */
export const EXCEPTIONS: readonly Exception[] = [
  ...except("bench/src/roles/decode.ts", "measures decoding alone, which core does not export", [
    "packages/core/src/wbs/decode/measure-page.ts",
    "packages/core/src/wbs/wire/envelope.ts",
    "packages/core/src/public/decode/measure-page.ts",
    "packages/core/src/public/wire/envelope.ts",
  ]),
  ...except("bench/src/roles/history.ts", "measures the store alone, which the bridge does not export", [
    "packages/mqtt-bridge/src/store/sqlite/sqlite-store.ts",
    "packages/mqtt-bridge/src/store/store.ts",
  ]),
  ...except("bench/src/roles/node-red-weigh-in.ts", "measures one account alone, which the nodes do not export", [
    "packages/node-red-nodes/src/account/account.ts",
    "packages/node-red-nodes/src/account/account-api.ts",
  ]),
  ...except("scripts/requirements.ts", "the list of facts stands beside core's tests", [
    "packages/core/test/requirements.ts",
  ]),
  ...except("scripts/error-words.ts", "the page of errors is made from the tables of codes", [
    "packages/core/src/error-codes.ts",
    "packages/mqtt-bridge/src/errors.ts",
    "packages/mqtt-bridge/src/messages/requests.ts",
    "packages/node-red-nodes/src/shared/error-codes.ts",
  ]),
  ...except("scripts/error-table.ts", "the page of errors is made from the tables of codes", [
    "packages/core/src/error-codes.ts",
    "packages/core/src/wbs/statuses.ts",
    "packages/core/src/public/statuses.ts",
    "packages/mqtt-bridge/src/errors.ts",
    "packages/mqtt-bridge/src/messages/requests.ts",
    "packages/node-red-nodes/src/shared/error-codes.ts",
  ]),
  ...except("scripts/test/arrows.test.ts", "makes its cases from the table", ["lint/arrows.ts", "lint/violations.ts"]),
];
