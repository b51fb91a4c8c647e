// Writes docs/schemas and docs/asyncapi.yaml from the code: `pnpm schemas`.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { DOCS, documentFiles } from "./document-files.ts";

// Made first: where that fails, the old ones stay.
const files = documentFiles();
rmSync(new URL("schemas", DOCS), { recursive: true, force: true });
mkdirSync(new URL("schemas", DOCS), { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, DOCS), text);
