import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseSync } from "oxc-parser";
import { EXCEPTIONS, type Exception, PACKAGES, type Package, RESERVED_BUILTINS, type Room } from "./arrows.ts";

const CODE = /\.(?:tsx?|mts|cts|js|mjs|cjs)$/;
const WORKSPACE = "@weighbridge/";
const LEFT_OUT = new Set(["node_modules", "dist", "bin"]);

/** The package and the room of a file. */
export interface Place {
  readonly folder: string;
  readonly rules: Package;
  /** Key in the package's rooms; undefined beside `src`, where tests and scripts are. */
  readonly room?: string;
  /** The name that `*` of the room stands for. */
  readonly star?: string;
}

/** Undefined for a file that no room of the table holds. */
export function placeOf(file: string): Place | undefined {
  const folder = Object.keys(PACKAGES).find((name) => file.startsWith(`${name}/`));
  const rules = folder === undefined ? undefined : PACKAGES[folder];
  if (folder === undefined || rules === undefined) return undefined;
  if (rules.rooms["*"] !== undefined) return { folder, rules, room: "*" };
  const inside = file.slice(folder.length + 1);
  if (!inside.startsWith("src/")) return { folder, rules };
  const fits = Object.keys(rules.rooms).flatMap((room) => {
    const match = pattern(room).exec(inside.slice("src/".length));
    return match === null ? [] : [{ room, star: match[1] }];
  });
  const [narrowest] = fits.sort((a, b) => weight(b.room) - weight(a.room));
  if (narrowest === undefined) return undefined;
  const star = fits.map((fit) => fit.star).find((name) => name !== undefined);
  return { folder, rules, room: narrowest.room, ...(star === undefined ? {} : { star }) };
}

const pattern = (room: string) =>
  new RegExp(`^${room.replaceAll(".", "\\.").replace("*", "([^/]+)")}${room.endsWith("/") ? "" : "$"}`);

/** The narrower room holds the file: a file before a folder, a name before `*`. */
const weight = (room: string) => (room.endsWith("/") ? 0 : 10_000) + room.length * 10 - (room.includes("*") ? 5 : 0);

/** Why the import is against the table; undefined where it is not. */
function objection(file: string, from: Place, specifier: string): string | undefined {
  const room = from.room === undefined ? undefined : from.rules.rooms[from.room];
  if (!specifier.startsWith(".")) return moduleObjection(from.rules, room, specifier);
  const target = posix.join(posix.dirname(file), specifier);
  if (!target.startsWith(`${from.folder}/`)) return "a package is imported by its name";
  if (room === undefined || from.room === "*") return undefined;
  const to = placeOf(target);
  if (to?.room === undefined) return `no room of lint/arrows.ts holds it; ${room.because}`;
  const isSameStar = to.star === undefined || from.star === undefined || to.star === from.star;
  return isSameStar && (to.room === from.room || room.may.includes(to.room)) ? undefined : room.because;
}

function moduleObjection(rules: Package, room: Room | undefined, specifier: string): string | undefined {
  if (specifier.startsWith("node:") && !RESERVED_BUILTINS.has(specifier)) return undefined;
  const known = new Set([...rules.modules, ...(room === undefined ? ["*", ...rules.tests] : (room.modules ?? []))]);
  const isOurs = specifier.startsWith(WORKSPACE);
  const name = isOurs
    ? specifier
    : specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
  if (known.has(name) || (known.has("*") && !isOurs)) return undefined;
  return room?.because ?? "tests import the packages that lint/arrows.ts lists for them";
}

function specifiersIn(file: string, source: string): string[] {
  const { module, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file} cannot be read: ${errors[0].message}`);
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = /^["'`]([^"'`$]+)["'`]$/.exec(source.slice(moduleRequest.start, moduleRequest.end));
    return literal?.[1] ?? [];
  });
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
  );
  return [
    ...new Set([...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exported, ...dynamic]),
  ];
}

/** Every source of code below a folder, as a path from the root. */
export function* filesBelow(root: string, folder = ""): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (entry.isFile() && CODE.test(entry.name)) yield path;
    if (entry.isDirectory() && !entry.name.startsWith(".") && !LEFT_OUT.has(entry.name)) yield* filesBelow(root, path);
  }
}

/** One line for each import against the table, for each file without a room, and for each exception that nothing needs any more. */
export function violations(root: string, exceptions: readonly Exception[] = EXCEPTIONS): string[] {
  const unused = new Set(exceptions);
  const found = [...filesBelow(root)].filter((file) => file.includes("/")).flatMap((file) => violationsOf(root, file));
  const left = found.filter(({ from, to }) => {
    const exception = exceptions.find((one) => one.from === from && one.to === to);
    if (exception !== undefined) unused.delete(exception);
    return exception === undefined;
  });
  return [
    ...left.map(({ from, to, because }) => `${from}: ${to === "" ? "" : `may not import ${to}: `}${because}`),
    ...[...unused].map(({ from, to }) => `${from}: does not import ${to} any more: take the exception out`),
  ];
}

function violationsOf(root: string, file: string): Exception[] {
  const place = placeOf(file);
  if (place === undefined) return [{ from: file, to: "", because: "no room of lint/arrows.ts holds this file" }];
  return specifiersIn(file, readFileSync(join(root, file), "utf8")).flatMap((specifier) => {
    const because = objection(file, place, specifier);
    if (because === undefined) return [];
    const to = specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier;
    return [{ from: file, to, because }];
  });
}
