// Makes dist: what Node-RED loads of each node, with its <type>.html, locales/ and icons/ beside the <type>.js that package.json names.
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import manifest from "../package.json" with { type: "json" };
import type { Properties } from "../src/shared/properties.ts";
import { formOf } from "./form.ts";
import { helpOf, LANGUAGES, type Labels, labelAt } from "./help.ts";

const root = join(import.meta.dirname, "..");
const runtimes = Object.values(manifest["node-red"].nodes);
const sourceOf = (path: string) => path.replace(/^dist/, "src");

await rm(join(root, "dist"), { recursive: true, force: true });
await buildRuntime();
for (const [type, runtime] of Object.entries(manifest["node-red"].nodes)) {
  const out = join(root, dirname(runtime));
  const src = join(root, sourceOf(dirname(runtime)));
  await buildForm(type, src, out);
  await buildLocales(type, src, out);
  await cp(join(src, "icons"), join(out, "icons"), { recursive: true });
}

/** Five nodes and what they share, core and zod too: Node-RED finds and compiles a few files at its start instead of a hundred (docs/decisions/0006). */
async function buildRuntime(): Promise<void> {
  await build({
    entryPoints: runtimes.map((runtime) => join(root, sourceOf(runtime).replace(/js$/, "ts"))),
    outbase: join(root, "src"),
    outdir: join(root, "dist"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    conditions: ["@weighbridge/source"],
    logLevel: "warning",
  });
  const zod = join(root, "node_modules/@weighbridge/core/node_modules/zod");
  const { version, license } = JSON.parse(await readFile(join(zod, "package.json"), "utf8"));
  const text = await readFile(join(zod, "LICENSE"), "utf8");
  await writeFile(join(root, "dist/THIRD-PARTY-LICENSES.txt"), `zod ${version} (${license})\n\n${text}`);
}

async function buildForm(type: string, src: string, out: string): Promise<void> {
  const bundle = await build({
    entryPoints: [join(src, "editor.ts")],
    bundle: true,
    format: "iife",
    target: "es2022",
    // Core's sources: its pure tables and checks serve the form, nothing else of it is taken along.
    conditions: ["@weighbridge/source"],
    external: ["node:*"],
    write: false,
  });
  const form = await formHtmlOf(src);
  const style = await readFile(join(root, "src/editor/form.css"), "utf8");
  const script = bundle.outputFiles[0]?.text ?? "";
  if (script.includes("node:")) throw new Error(`${type}: the form's script needs Node, and browsers have none`);
  await writeFile(
    join(out, `${type}.html`),
    `<script type="text/html" data-template-name="${type}">\n` +
      `<style>\n${style}</style>\n<div class="withings-form">\n${form}</div>\n</script>\n` +
      `<script type="text/javascript">\n${script}</script>\n`,
  );
}

/** Rows of all properties, and what the node adds to them. */
async function formHtmlOf(src: string): Promise<string> {
  const labels = await labelsOf(src, "en");
  const own = join(src, "editor.html");
  const parts = existsSync(own) ? await readFile(own, "utf8") : "";
  return formOf({ properties: await propertiesOf(src), parts, has: (key) => labelAt(labels, key) !== undefined });
}

async function propertiesOf(src: string): Promise<Properties> {
  const { properties } = (await import(join(src, "properties.ts"))) as { readonly properties: Properties };
  return properties;
}

async function labelsOf(src: string, language: string): Promise<Labels> {
  return JSON.parse(await readFile(join(src, "locales", language, "labels.json"), "utf8")) as Labels;
}

/** The help, written as Markdown, becomes what the editor looks for; its words leave the labels. */
async function buildLocales(type: string, src: string, out: string): Promise<void> {
  const properties = await propertiesOf(src);
  for (const language of LANGUAGES) {
    const target = join(out, "locales", language);
    await mkdir(target, { recursive: true });
    const labels = await labelsOf(src, language);
    const { help: _help, ...shown } = labels;
    await writeFile(join(target, `${type}.json`), `${JSON.stringify(shown, null, 2)}\n`);
    const text = await readFile(join(src, "locales", language, "help.md"), "utf8");
    const help = helpOf({ type, language, text, properties, labels });
    await writeFile(
      join(target, `${type}.html`),
      `<script type="text/markdown" data-help-name="${type}">\n${help}\n</script>\n`,
    );
  }
}
