// Writes docs/schemas and docs/asyncapi.yaml from the code: `pnpm schemas`.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { DOCS, documentFiles } from "./document-files.ts";

rmSync(new URL("schemas", DOCS), { recursive: true, force: true });
mkdirSync(new URL("schemas", DOCS), { recursive: true });
for (const [name, text] of Object.entries(documentFiles())) writeFileSync(new URL(name, DOCS), text);
