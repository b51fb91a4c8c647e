// Bundles the command line with what it loads at every start: 250 small files would take longer to find than to run (docs/decisions/0006).
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// The bundler of the Node-RED nodes' editor, too: one for the repository.
import { build } from "esbuild";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Parts of pino are CommonJS, and ask for Node's modules by require(). */
const REQUIRE =
  'import{createRequire as _createRequire}from"node:module";const require=_createRequire(import.meta.url);';

rmSync(file("../bin"), { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    weighbridge: file("../src/cli.ts"),
    // A thread is started from a file of its own.
    "write-thread-program": file("../src/store/sqlite/write-thread-program.ts"),
  },
  outdir: file("../bin"),
  bundle: true,
  // Each command loads its own part only.
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22",
  conditions: ["@weighbridge/source"],
  // Its build for browsers is ES modules and does the same; the one for Node is CommonJS.
  alias: { yaml: file("../node_modules/yaml/browser/index.js") },
  external: ["mqtt", "open", "pg", "@clack/prompts", "prom-client", "pino-pretty", "registry-url"],
  banner: { js: REQUIRE },
  metafile: true,
  absWorkingDir: file(".."),
  logLevel: "warning",
});

// The documents of the topics, for those who install the package.
const docs = (path: string) => file(`../../../docs/${path}`);
rmSync(file("../schemas"), { recursive: true, force: true });
cpSync(docs("schemas"), file("../schemas"), { recursive: true });
cpSync(docs("asyncapi.yaml"), file("../asyncapi.yaml"));
// The systemd unit, for those who install the package as a service.
rmSync(file("../systemd"), { recursive: true, force: true });
cpSync(file("../../../deploy/systemd"), file("../systemd"), { recursive: true });

const bundled = new Set(
  Object.keys(metafile.inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? []),
);
const licences = [...bundled].map((name) => {
  const folder = join(file(".."), name);
  const { name: title, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const [licence] = readdirSync(folder).filter((entry) => /^licen[cs]e/i.test(entry));
  if (licence === undefined) throw new Error(`${title} ships no licence`);
  return `${title} ${version} (${license})\n\n${readFileSync(join(folder, licence), "utf8")}`;
});
writeFileSync(file("../bin/THIRD-PARTY-LICENSES.txt"), licences.toSorted((a, b) => a.localeCompare(b)).join("\n"));
