#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// What is loaded from here on is compiled once for a version, not at each start. Where nothing can be written, nothing is lost.
enableCompileCache();
// Not a static import: that would be compiled before the line above.
await import("./command-line.ts");
