#!/usr/bin/env node
import * as nodeModule from "node:module";

const NEEDED = [22, 13] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(`weighbridge needs Node ${NEEDED.join(".")} or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
// Modules that are loaded from here on are compiled once for a version, not at each start. A folder that cannot be written costs only that.
nodeModule.enableCompileCache();
// Not a static import: that would be compiled before the line above, and by an old Node, too.
await import("./commands/command-line.ts");
