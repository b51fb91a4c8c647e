import { measureTypes } from "@weighbridge/core";
import type { EditorNode } from "../../editor/red.ts";
import { type FieldSpecs, prepareFields, typedDefaults } from "../../editor/typed-fields.ts";
import { words } from "../../editor/words.ts";

/** A code, or the id of the measure-type table. */
function refusalOfMeasure(node: EditorNode, value: string): string | undefined {
  const isKnown = /^[1-9]\d*$/.test(value.trim()) || [...measureTypes.values()].some(({ id }) => id === value);
  return isKnown ? undefined : words(node, "invalid.measure", { field: words(node, "label.meastype") });
}

const fields: FieldSpecs = {
  startdate: { field: { kind: "moment" }, value: "" },
  enddate: { field: { kind: "moment" }, value: "" },
  lastupdate: { field: { kind: "moment" }, value: "" },
  meastype: { field: { kind: "text" }, value: "", refusal: refusalOfMeasure },
  category: { field: { kind: "choice", words: ["any", "measure", "target"] }, value: "any" },
  limit: { field: { kind: "number", least: 1 }, value: "" },
  offset: { field: { kind: "number", least: 0 }, value: "" },
  onlynew: { field: { kind: "flag" }, value: "false" },
  output: { field: { kind: "choice", words: ["message", "groups", "latest"] }, value: "message" },
};

RED.nodes.registerType("withings-getmeas", {
  category: "Withings",
  color: "#8fb8b0",
  icon: "withings-getmeas.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("palette.label");
  },
  defaults: {
    version: { value: 1 },
    name: { value: "" },
    account: { value: "", type: "withings-account", required: true },
    ...typedDefaults(fields),
  },
  label() {
    if (this.name) return this.name;
    const isPlain = this["meastypeType"] === "str" && this["meastype"] !== "";
    const what = isPlain ? String(this["meastype"]) : this._("title.measures");
    return this._(this["onlynew"] === "true" ? "title.new" : "title.all", { what });
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    prepareFields(this, fields);
    const list = $("<datalist>").attr("id", "withings-measure-types").appendTo("#dialog-form");
    for (const { id, name, unit } of measureTypes.values())
      $("<option>")
        .val(id)
        .text(unit ? `${name} (${unit})` : name)
        .appendTo(list);
    $("#node-input-meastype").next().find("input").attr("list", "withings-measure-types");
  },
});
