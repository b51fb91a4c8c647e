// Node-RED reads <type>.html, locales/ and icons/ beside the <type>.js that package.json names: this puts them there.
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import manifest from "../package.json" with { type: "json" };

const root = join(import.meta.dirname, "..");

for (const [type, runtime] of Object.entries(manifest["node-red"].nodes)) {
  const out = join(root, dirname(runtime));
  const src = join(root, dirname(runtime).replace(/^dist/, "src"));
  await buildForm(type, src, out);
  await buildLocales(type, src, out);
  await cp(join(src, "icons"), join(out, "icons"), { recursive: true });
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
  const form = await readFile(join(src, "editor.html"), "utf8");
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

/** Labels stay as they are; the help, written as Markdown, becomes what the editor looks for. */
async function buildLocales(type: string, src: string, out: string): Promise<void> {
  for (const language of await readdir(join(src, "locales"))) {
    const target = join(out, "locales", language);
    await mkdir(target, { recursive: true });
    await cp(join(src, "locales", language, "labels.json"), join(target, `${type}.json`));
    const help = await readFile(join(src, "locales", language, "help.md"), "utf8");
    await writeFile(
      join(target, `${type}.html`),
      `<script type="text/markdown" data-help-name="${type}">\n${help.trim()}\n</script>\n`,
    );
  }
}
