// Builds the status page into dist/admin/page, where the bridge looks for it.
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SOURCE = "../src/admin/page";
/** Preact (5 kB) makes the page follow what it knows; uPlot (24 kB, loaded with the first chart) draws and zooms years of weigh-ins. */
const BUNDLED = ["preact", "uplot"];

export const PAGE = file("../dist/admin/page");

export async function buildPage(folder = PAGE): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: [file(`${SOURCE}/main.tsx`), file(`${SOURCE}/page.css`)],
    outdir: folder,
    bundle: true,
    minify: true,
    // The chart is loaded when it is first shown.
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome123", "firefox120", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) await copyFile(file(`${SOURCE}/${name}`), `${folder}/${name}`);
  await writeFile(`${folder}/THIRD-PARTY-LICENSES.txt`, (await Promise.all(BUNDLED.map(licenceOf))).join("\n"));
}

async function licenceOf(name: string): Promise<string> {
  const folder = file(`../node_modules/${name}`);
  const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  return `${name} ${version} (${license})\n\n${await readFile(`${folder}/LICENSE`, "utf8")}`;
}

if (process.argv[1] === import.meta.filename) await buildPage();
