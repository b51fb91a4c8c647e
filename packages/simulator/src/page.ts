import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { LIMITS } from "./limits.ts";
import type { LogEntry } from "./log.ts";
import { newcomer } from "./newcomer.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

/** `../src` is right from the sources and from `dist` alike: both ship. */
const asset = (name: string) => readFileSync(new URL(`../src/page/${name}`, import.meta.url), "utf8");

const ASSETS: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/": ["scale.html", "text/html; charset=utf-8"],
  "/simulator/scale.css": ["scale.css", "text/css; charset=utf-8"],
  "/simulator/scale.js": ["scale.js", "text/javascript; charset=utf-8"],
  "/simulator/story.js": ["story.js", "text/javascript; charset=utf-8"],
};

export const isPagePath = (path: string): boolean => path === "/" || path.startsWith("/simulator/");

interface PageCall {
  readonly world: World;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly body: string;
}

/** The page, its live log, and what its buttons do. */
export function answerPage(call: PageCall): void {
  const { request, response, path, world } = call;
  const file = ASSETS[path];
  if (file) {
    const policy = "default-src 'self'; style-src 'self'; img-src 'self' data:";
    response.writeHead(200, { "content-type": file[1], "content-security-policy": policy }).end(asset(file[0]));
  } else if (path === "/simulator/state") {
    sendJson(response, 200, stateOf(world));
  } else if (path === "/simulator/events") {
    streamLog(world, response);
  } else if (request.method === "POST") {
    act(call);
  } else {
    response.writeHead(404).end();
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

function stateOf(world: World): object {
  const people = world.people.map((person) => ({
    name: person.name,
    userId: person.userId,
    // Settings of a program: the page shows it to whoever tries one out.
    publicKey: person.publicKey,
    account: accountOf(person),
    isSharing: person.isSharing,
    subscriptions: person.subscriptions.live,
    // Of today's API: those that asked to be told of the person.
    applications: [...world.applications.values()]
      .filter(({ consents }) => (consents.get(person.userId)?.profiles.length ?? 0) > 0)
      .map(({ name }) => name),
    newest: person.history.newest(5),
    lastWeighIn: person.lastWeighIn,
  }));
  return {
    run: world.run,
    now: world.clock.now(),
    people,
    faults: world.faults.active.map(({ kind }) => kind),
    log: world.log.entries.slice(-60),
  };
}

function accountOf({ details: { email, password } }: Person) {
  return email === undefined || password === undefined ? undefined : { email, password };
}

function streamLog(world: World, response: ServerResponse): void {
  const send = (entry: LogEntry) => response.write(`data: ${JSON.stringify(entry)}\n\n`);
  const stop = world.log.listen(send);
  if (stop === undefined) {
    response.writeHead(503).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": listening\n\n");
  response.on("close", stop);
}

const person = z.string().trim().min(1).max(LIMITS.nameCharacters);
const grpid = z.int();
const kilograms = z.number().min(1).max(400);

/** Mistakes that a user can make, in their words. */
const WRONG: Readonly<Record<string, string>> = {
  person: `A name has 1 to ${LIMITS.nameCharacters} characters.`,
  weight: "The weight must be 1 to 400 kg.",
  fatRatio: "The body fat must be 3 to 70 %.",
  heightM: "The height must be 0.4 to 2.5 m.",
};

/** Fields that each button sends. */
const ACTIONS = {
  "weigh-in": z.strictObject({
    person,
    weight: kilograms,
    fatRatio: z.number().min(3).max(70).optional(),
    attribution: z.int().optional(),
    agoS: z
      .int()
      .min(0)
      .max(3650 * 86_400)
      .optional(),
  }),
  person: z.strictObject({ person, heightM: z.number().min(0.4).max(2.5).optional() }),
  edit: z.strictObject({ person, grpid, weight: kilograms }),
  delete: z.strictObject({ person, grpid }),
  target: z.strictObject({ person, weight: kilograms }),
  sharing: z.strictObject({ person, isSharing: z.boolean() }),
  fault: z.strictObject({ kind: z.enum(["none", "2555", "601", "html", "drop"]) }),
  clock: z.strictObject({
    advanceS: z
      .int()
      .min(1)
      .max(60 * 86_400),
  }),
} as const;

type Deeds = { readonly [K in keyof typeof ACTIONS]: (world: World, input: z.output<(typeof ACTIONS)[K]>) => void };

const DEEDS: Deeds = {
  "weigh-in": (world, { person: name, agoS, fatRatio, attribution, weight }) => {
    const at = agoS === undefined ? {} : { at: world.clock.seconds() - agoS };
    const fat = fatRatio === undefined ? {} : { fatRatio };
    known(world, name).weighsIn({ weight, ...fat, ...at, ...(attribution === undefined ? {} : { attribution }) });
  },
  person: (world, { person: name, heightM }) => {
    if (world.people.some((one) => one.name === name)) throw new Error(`${name} is here already.`);
    world.person(name, { ...newcomer(name), ...(heightM === undefined ? {} : { heightM }) });
  },
  edit: (world, { person: name, grpid: id, weight }) => {
    known(world, name).edits(id, { weight });
  },
  delete: (world, { person: name, grpid: id }) => known(world, name).deletes(id),
  target: (world, { person: name, weight }) => {
    known(world, name).setsTarget({ weight });
  },
  sharing: (world, { person: name, isSharing }) => {
    if (isSharing) known(world, name).startsSharing();
    else known(world, name).stopsSharing();
  },
  fault: (world, { kind }) => {
    world.faults.clear();
    if (kind !== "none") world.faults.add(kind);
  },
  clock: (world, { advanceS }) => world.clock.advance(advanceS * 1000),
};

function known(world: World, name: string): Person {
  const found = world.people.find((one) => one.name === name);
  if (found === undefined) throw new Error(`Nobody here is called ${name}.`);
  return found;
}

function act({ world, request, response, path, body }: PageCall): void {
  const name = path.slice("/simulator/".length) as keyof Deeds;
  const { origin, host } = request.headers;
  // Only the page itself may press buttons: another site's script in the same browser may not.
  if (origin !== undefined && origin !== `http://${host}`)
    return sendJson(response, 403, { error: "another site asked" });
  if (!Object.hasOwn(ACTIONS, name)) return sendJson(response, 404, { error: "there is no such button" });
  if (!request.headers["content-type"]?.startsWith("application/json"))
    return sendJson(response, 415, { error: "send JSON" });
  try {
    const input = ACTIONS[name].parse(JSON.parse(body));
    (DEEDS[name] as (world: World, input: unknown) => void)(world, input);
    sendJson(response, 200, stateOf(world));
  } catch (error) {
    sendJson(response, 400, { error: error instanceof z.ZodError ? wordsOf(error) : (error as Error).message });
  }
}

function wordsOf(error: z.ZodError): string {
  const words = error.issues.map(
    ({ path, message }) => WRONG[String(path[0])] ?? `${path.join(".")} ${message}`.trim(),
  );
  return [...new Set(words)].join(" ");
}
