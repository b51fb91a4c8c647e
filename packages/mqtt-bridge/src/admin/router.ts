import type { IncomingHttpHeaders } from "node:http";
import { AdminError, type Reply } from "./reply.ts";

/** A request, apart from its transport. */
export interface AdminRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  /** Throws an AdminError where it is too large. */
  readBody(): Promise<string>;
}

/** An endpoint. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT";
  /** `<name>` stands for one part of the path. */
  readonly path: string;
  /** Stands in the README's table. */
  readonly words: string;
  readonly needs: "open" | "page" | "token";
  /** `named` is the part of the path that `<name>` stands for. */
  run(request: AdminRequest, named: string): Reply | Promise<Reply>;
}

interface Found {
  readonly route: Route;
  readonly named: string;
}

/** The endpoint of a request; undefined where there is none. Throws an AdminError for another method of a known path. */
export function routeOf(routes: readonly Route[], method: string, path: string): Found | undefined {
  const found = routes.flatMap((route) => {
    const named = namedIn(route.path, path);
    return named === undefined ? [] : [{ route, named }];
  });
  // HEAD is answered as GET, and Node leaves the body out.
  const asked = method === "HEAD" ? "GET" : method;
  const right = found.find(({ route }) => route.method === asked);
  if (right !== undefined || found.length === 0) return right;
  const allow = found.map(({ route }) => route.method).join(", ");
  throw new AdminError(405, "wrong_method", `${path} is not for ${method}`, `Use ${allow}.`, { allow });
}

/** Undefined where the path does not fit. */
function namedIn(pattern: string, path: string): string | undefined {
  const [before = "", after] = pattern.split(/<[a-z]+>/, 2);
  if (after === undefined) return path === pattern ? "" : undefined;
  if (path.length <= before.length + after.length || !path.startsWith(before) || !path.endsWith(after))
    return undefined;
  const named = path.slice(before.length, path.length - after.length);
  return named.includes("/") ? undefined : decoded(named);
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
