import { prepareForm, savedOf } from "../../editor/form.ts";
import { properties } from "./properties.ts";

RED.nodes.registerType("withings-user", {
  category: "Withings",
  color: "#8fb8b0",
  icon: "withings-user.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("palette.label");
  },
  ...savedOf(properties),
  label() {
    if (this.name) return this.name;
    return this._(this["actionType"] === "choice" ? `action.${this["action"]}` : "title.user");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    prepareForm(this, properties);
  },
});
