import { readFileSync, writeFileSync } from "node:fs";
import { withTables } from "./error-table.ts";

const PAGE = new URL("../docs/troubleshooting.md", import.meta.url);
writeFileSync(PAGE, withTables(readFileSync(PAGE, "utf8")));
