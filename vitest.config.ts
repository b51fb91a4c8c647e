import { defineConfig } from "vitest/config";

/** Workspace packages resolve to each other's sources: tests need no build. */
const conditions = ["@weighbridge/source"];

const project = (name: string, root: string) => ({
  extends: true as const,
  test: {
    name,
    root,
    include: ["test/**/*.test.ts"],
    setupFiles: ["scripts/fail-on-console.ts", "scripts/patient-waits.ts"].map(
      (file) => new URL(file, import.meta.url).pathname,
    ),
    // Limits that end a hung test and measure nothing, on a busy machine either.
    testTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
  },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    projects: [
      project("core", "packages/core"),
      project("simulator", "packages/simulator"),
      project("mqtt-bridge", "packages/mqtt-bridge"),
      project("demo", "packages/demo"),
      project("node-red-nodes", "packages/node-red-nodes"),
      project("conformance", "conformance"),
      project("examples", "examples"),
      project("bench", "bench"),
      project("scripts", "scripts"),
      project("deploy", "deploy"),
    ],
  },
});
