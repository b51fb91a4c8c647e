import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/npm-folders", import.meta.url));

/**
 * A folder with packages as npm installs them for a user, rather than as the workspace links them: other versions of Node and Node-RED, and
 * our own tarballs. Gives its path; a folder that is there already is taken as it is, unless it has to be `isFresh`.
 */
export async function npmFolder(
  name: string,
  packages: readonly string[],
  { isFresh = false }: { readonly isFresh?: boolean } = {},
): Promise<string> {
  const folder = join(CACHE, name);
  const mark = join(folder, "installed.json");
  if (!isFresh && existsSync(mark)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "parts", private: true }));
  // Versions are pinned to the range that is asked for; engines are not the installer's, since other Nodes run what is installed.
  const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", "--engine-strict=false", ...packages];
  const child = spawn("npm", args, { cwd: folder, env: npmEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`npm install ${packages.join(" ")} ended with ${code}:\n${output}`);
  await writeFile(mark, JSON.stringify(packages));
  return folder;
}

/** Without what the package manager that runs us has set for itself. */
function npmEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(npm|pnpm)_/i.test(key)));
}
