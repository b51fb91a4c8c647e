// Bundles the command line with what it loads at every start: 250 small files would take longer to find than to run (docs/decisions/0006).
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
// The bundler of the Node-RED nodes' editor, too: one for the repository.
import { build } from "esbuild";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BUNDLED = ["zod", "yaml"];

rmSync(file("../bin"), { recursive: true, force: true });
await build({
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
  external: ["mqtt", "open", "pg"],
  logLevel: "warning",
});

const licences = BUNDLED.map((name) => {
  const folder = new URL(`../node_modules/${name}/`, import.meta.url);
  const { version, license } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(new URL("LICENSE", folder), "utf8")}`;
});
writeFileSync(file("../bin/THIRD-PARTY-LICENSES.txt"), licences.join("\n"));
