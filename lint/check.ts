// Checks every import below the current folder against arrows.ts: `pnpm lint` runs it. Prints `file: may not import X: reason`.
import { violations } from "./violations.ts";

const lines = violations(process.cwd());
for (const line of lines) process.stderr.write(`${line}\n`);
if (lines.length > 0) process.exitCode = 1;
