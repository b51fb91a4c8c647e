import { post, wordsFor } from "../../editor/account-service.ts";
import { addressOfThisPage, callbackUrlOf, isUnreachable, refusalOf } from "../../editor/callback-view.ts";
import { prepareForm, type Refusals, savedOf } from "../../editor/form.ts";
import type { EditorNode } from "../../editor/red.ts";
import { properties } from "./properties.ts";

/** As long as a real one: enough to check the rules before the real one is known. */
const ANY_SECRET = "x".repeat(22);

const refusals: Refusals = {
  // A private host is a warning in the form only: it is right for trying with a simulator.
  publicurl: (node, value) => refusalOf(node, callbackUrlOf(value, ANY_SECRET), node["account"]),
};

RED.nodes.registerType("withings-weigh-in", {
  category: "Withings",
  color: "#8fb8b0",
  icon: "withings-weigh-in.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("palette.label");
  },
  ...savedOf(properties, refusals),
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
    prepareForm(this, properties);
    showCallback(this);
    $("#withings-repeat").on("click", (event) => {
      event.preventDefault();
      void repeat(this);
    });
  },
});

/** Keeps the shown URL and its warnings in step with the form. */
function showCallback(node: EditorNode): void {
  const field = $("#node-input-publicurl");
  const shown = $("#withings-callback-url");
  const isInSubflow = RED.nodes.subflow(String(node["z"] ?? "")) !== undefined;
  let secret: string | undefined;
  const warningAbout = (publicUrl: string, url: string) => {
    if (isInSubflow) return node._("url.subflow");
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
  // Each instance gets an id of its own when it starts, and with it another callback URL.
  $("#withings-row-callback").toggle(!isInSubflow);
  if (isInSubflow) return;
  $.getJSON(`withings-weigh-in/callback/${encodeURIComponent(node.id)}`)
    .done((answer: { readonly secret?: string }) => {
      secret = answer.secret;
      update();
    })
    .fail(() => void shown.val(node._("url.hidden")));
}

/** Has the deployed node send its last weigh-in again; shows what became of it below the button. */
async function repeat(node: EditorNode): Promise<void> {
  const answer = await post(`withings-weigh-in/repeat/${encodeURIComponent(node.id)}`, {});
  const text = answer.ok ? node._("repeat.done") : node._("repeat.failed", { reason: wordsFor(node, answer) });
  $("#withings-repeated").text(text).toggleClass("form-warning", !answer.ok).show();
}

/** Browsers give a page without TLS no clipboard: there, what is selected is copied the old way. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  if (!document.execCommand("copy")) throw new Error("the browser does not copy");
}
