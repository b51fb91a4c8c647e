import type { EditorNode } from "./red.ts";

/** Copies a field at the press of a button, and says whether it worked. */
export function copyOnClick(node: EditorNode, button: string, field: JQuery): void {
  $(button).on("click", (event) => {
    event.preventDefault();
    field.trigger("select");
    copy(String(field.val())).then(
      () => RED.notify(node._("url.copied"), { type: "success", timeout: 2000 }),
      () => RED.notify(node._("url.notcopied"), { type: "error", timeout: 4000 }),
    );
  });
}

/** Browsers give a page without TLS no clipboard: there, what is selected is copied the old way. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  if (!document.execCommand("copy")) throw new Error("the browser does not copy");
}
