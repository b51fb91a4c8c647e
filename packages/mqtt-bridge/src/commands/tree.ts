import type { CommandRow } from "./command.ts";
import { CARE } from "./tree/care.ts";
import { INIT } from "./tree/init.ts";
import { SETTING_UP } from "./tree/setting-up.ts";

/** Every command. Help, parsing, completion and the README's table are made of it. */
export const COMMANDS: readonly CommandRow[] = [INIT, ...SETTING_UP, ...CARE];
