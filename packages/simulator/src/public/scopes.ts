import { SCOPES } from "../applications/limits.ts";

/** Scopes as an application asks for them; undefined where one is unknown, or none is named. */
export function scopesIn(text: string): readonly string[] | undefined {
  const scopes = text.split(",").filter((scope) => scope !== "");
  const areKnown = scopes.every((scope) => (SCOPES as readonly string[]).includes(scope));
  return scopes.length > 0 && areKnown ? scopes : undefined;
}
