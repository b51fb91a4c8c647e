import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Reply } from "./reply.ts";

/** Only these are served: beside the page the build leaves types and maps. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json; charset=utf-8",
};

/** As a source and as a compiled file this module is two folders deep, in the bundle one. */
const builtPage = (): string | undefined =>
  ["../dist/admin/page/", "../../dist/admin/page/"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((folder) => existsSync(`${folder}index.html`));

const WITHOUT_PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Weighbridge</title>
<p>Weighbridge runs. The status page is not built: run <code>pnpm build</code> in the clone. Until then, see <a href="api/status">api/status</a>.</p>
</html>
`;

/** A file as it is, and compressed. */
interface PageFile {
  readonly plain: Reply;
  readonly compressed: Reply;
}

/** The files of the status page, read at the first request. */
export class PageFiles {
  readonly #folder: () => string | undefined;
  #files: Promise<ReadonlyMap<string, PageFile>> | undefined;

  constructor(folder: () => string | undefined = builtPage) {
    this.#folder = folder;
  }

  /** Undefined where there is no such file. No path leads out of the folder: only what was found in it is served. */
  async at(path: string, acceptedEncodings = ""): Promise<Reply | undefined> {
    this.#files ??= readAll(this.#folder());
    const file = (await this.#files).get(path === "/" ? "/index.html" : path);
    return /\bgzip\b/.test(acceptedEncodings) ? file?.compressed : file?.plain;
  }
}

async function readAll(folder: string | undefined): Promise<ReadonlyMap<string, PageFile>> {
  if (folder === undefined) return new Map([["/index.html", fileOf(".html", Buffer.from(WITHOUT_PAGE))]]);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined);
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }): Promise<[string, PageFile]> => {
        const file = `${parentPath}/${name}`;
        const path = `/${relative(folder, file).replaceAll(sep, "/")}`;
        return [path, fileOf(extname(name), await readFile(file))];
      }),
    ),
  );
}

function fileOf(extension: string, body: Buffer): PageFile {
  const headers = { "content-type": TYPES[extension] ?? "", "cache-control": "no-cache", vary: "accept-encoding" };
  return {
    plain: { status: 200, headers, body },
    compressed: { status: 200, headers: { ...headers, "content-encoding": "gzip" }, body: gzipSync(body) },
  };
}
