import { measureTypes } from "@weighbridge/core";
import { prepareForm, savedOf } from "../../editor/form.ts";
import { properties } from "./properties.ts";

RED.nodes.registerType("withings-getmeas", {
  category: "Withings",
  color: "#8fb8b0",
  icon: "withings-getmeas.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("palette.label");
  },
  ...savedOf(properties),
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
    prepareForm(this, properties);
    const list = $("<datalist>").attr("id", "withings-measure-types").appendTo("#dialog-form");
    for (const { id, name, unit } of measureTypes.values())
      $("<option>")
        .val(id)
        .text(unit ? `${name} (${unit})` : name)
        .appendTo(list);
    $("#node-input-meastype").next().find("input").attr("list", "withings-measure-types");
  },
});
