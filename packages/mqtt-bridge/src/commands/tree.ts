import type { CommandRow } from "./command.ts";
import { CARE } from "./tree/care.ts";
import { INIT } from "./tree/init.ts";
import { RUNNING } from "./tree/running.ts";
import { SETTING_UP } from "./tree/setting-up.ts";
import { WEIGH_INS } from "./tree/weigh-ins.ts";

/** Every command. Help, parsing, completion and the README's table are made of it. */
export const COMMANDS: readonly CommandRow[] = [INIT, ...SETTING_UP, ...WEIGH_INS, ...RUNNING, ...CARE];
