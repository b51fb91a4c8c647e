import type { EditorNode } from "./red.ts";

/** In the user's language; what was never edited has no translator of its own. */
export function words(node: EditorNode, key: string, values: Readonly<Record<string, unknown>> = {}): string {
  const { _def } = node as unknown as { readonly _def?: EditorNode };
  const translator = typeof node._ === "function" ? node : _def;
  return typeof translator?._ === "function" ? translator._(key, values) : key;
}
