import { EVENT_KINDS } from "@weighbridge/core";
import { addressOfThisPage, callbackUrlOf, isUnreachable, refusalOf } from "../../editor/callback-view.ts";
import type { EditorNode } from "../../editor/red.ts";
import { type FieldSpecs, prepareFields, typedDefaults } from "../../editor/typed-fields.ts";

const fields: FieldSpecs = {
  events: { field: { kind: "choice", words: EVENT_KINDS, isMultiple: true }, value: "", isFixed: true },
  unit: { field: { kind: "choice", words: ["kg", "lb", "st"] }, value: "kg", isFixed: true },
  revoke: { field: { kind: "flag" }, value: "false", isFixed: true },
};

/** As long as a real one: enough to check the rules before the real one is known. */
const ANY_SECRET = "x".repeat(22);

/** A private host is a warning in the form only: whoever tries with a simulator needs it. */
function validatePublicUrl(this: EditorNode, value: string, _options?: { readonly label?: string }): boolean | string {
  if (!value || value.startsWith("${")) return true;
  return refusalOf(this, callbackUrlOf(value, ANY_SECRET), this["account"]) ?? true;
}

RED.nodes.registerType("withings-weigh-in", {
  category: "Withings",
  color: "#8fb8b0",
  icon: "withings-weigh-in.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("palette.label");
  },
  defaults: {
    version: { value: 1 },
    name: { value: "" },
    account: { value: "", type: "withings-account", required: true },
    publicurl: { value: "", validate: validatePublicUrl },
    comment: { value: "" },
    ...typedDefaults(fields),
  },
  label() {
    if (this.name) return this.name;
    const person = RED.nodes.node(String(this["account"] ?? ""))?.name;
    return person ? this._("title.of", { person }) : this._("title.weighin");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  inputLabels() {
    return this._("title.input");
  },
  outputLabels() {
    return this._("title.output");
  },
  oneditprepare() {
    prepareFields(this, fields);
    showCallback(this);
  },
});

/** Keeps the shown URL and its warnings in step with the form. */
function showCallback(node: EditorNode): void {
  const field = $("#node-input-publicurl");
  const shown = $("#withings-callback-url");
  let secret: string | undefined;
  const warningAbout = (publicUrl: string, url: string) => {
    if (publicUrl === "") return node._("url.none");
    if (publicUrl.startsWith("${")) return "";
    const refusal = refusalOf(node, url, $("#node-input-account").val());
    return refusal ?? (isUnreachable(url) ? node._("url.private") : "");
  };
  const update = () => {
    const publicUrl = String(field.val() ?? "").trim();
    const url = callbackUrlOf(publicUrl || addressOfThisPage(), secret ?? ANY_SECRET);
    if (secret !== undefined) shown.val(url);
    const warning = warningAbout(publicUrl, url);
    $("#withings-callback-warning")
      .text(warning)
      .toggle(warning !== "");
  };
  field.on("input change", update);
  $("#node-input-account").on("change", update);
  $("#withings-fill-url").on("click", (event) => {
    event.preventDefault();
    field.val(addressOfThisPage()).trigger("change");
  });
  $("#withings-copy-url").on("click", (event) => {
    event.preventDefault();
    shown.trigger("select");
    copy(String(shown.val())).then(
      () => RED.notify(node._("url.copied"), { type: "success", timeout: 2000 }),
      () => RED.notify(node._("url.notcopied"), { type: "error", timeout: 4000 }),
    );
  });
  update();
  $.getJSON(`withings-weigh-in/callback/${encodeURIComponent(node.id)}`)
    .done((answer: { readonly secret?: string }) => {
      secret = answer.secret;
      update();
    })
    .fail(() => void shown.val(node._("url.hidden")));
}

/** Browsers give a page without TLS no clipboard: there, what is selected is copied the old way. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  if (!document.execCommand("copy")) throw new Error("the browser does not copy");
}
