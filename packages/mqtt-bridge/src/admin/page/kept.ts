/** What the browser keeps between two visits. Storage may be forbidden: then it lasts as long as the page. */
const PREFIX = "weighbridge.";
type Kept = "language" | "signed-in";

export function kept(name: Kept): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Null forgets it. */
export function keep(name: Kept, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {}
}
