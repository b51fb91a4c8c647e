import { defineConfig } from "vitest/config";

/** Workspace packages resolve to each other's sources: tests need no build. */
const conditions = ["@weighbridge/source"];

const project = (name: string, root: string) => ({
  extends: true as const,
  test: {
    name,
    root,
    include: ["test/**/*.test.ts"],
    setupFiles: [new URL("scripts/fail-on-console.ts", import.meta.url).pathname],
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
    ],
  },
});
