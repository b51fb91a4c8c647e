import { post, wordsFor } from "../../editor/account-service.ts";
import { prepareForm, savedOf } from "../../editor/form.ts";
import type { EditorNode } from "../../editor/red.ts";
import { properties } from "./properties.ts";

RED.nodes.registerType("withings-weigh-in", {
  category: "Withings",
  color: "#8fb8b0",
  icon: "withings-weigh-in.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("palette.label");
  },
  ...savedOf(properties),
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
    $("#withings-repeat").on("click", (event) => {
      event.preventDefault();
      void repeat(this);
    });
  },
});

/** Has the deployed node send its last weigh-in again; shows what became of it below the button. */
async function repeat(node: EditorNode): Promise<void> {
  const answer = await post(`withings-weigh-in/repeat/${encodeURIComponent(node.id)}`, {});
  const text = answer.ok ? node._("repeat.done") : node._("repeat.failed", { reason: wordsFor(node, answer) });
  $("#withings-repeated").text(text).toggleClass("form-warning", !answer.ok).show();
}
