import type { EditorNode, Property } from "./red.ts";

/**
 * Says below each field why it is refused. The editor itself says it in a tooltip, which typed inputs never show: it hangs on the input that
 * they hide.
 */
export function showReasons(node: EditorNode, prefix: "node-input" | "node-config-input"): void {
  const { _def } = node as unknown as { readonly _def?: { readonly defaults: Readonly<Record<string, Property>> } };
  for (const [name, { validate }] of Object.entries(_def?.defaults ?? {})) {
    if (validate === undefined) continue;
    const field = $(`#${prefix}-${name}`);
    const reason = $("<span>").addClass("withings-hint withings-reason").attr("role", "alert").hide();
    field.closest(".form-row").append(reason);
    const update = () => {
      const value = String(field.val() ?? "");
      const verdict = /^\$(\(\w+\)|\{\w+\})$/.test(value) || validate.call(node, value, {});
      reason.text(typeof verdict === "string" ? verdict : "").toggle(typeof verdict === "string");
    };
    field.on("change input", update);
    $(`#${prefix}-action`).on("change", update);
    update();
  }
}
