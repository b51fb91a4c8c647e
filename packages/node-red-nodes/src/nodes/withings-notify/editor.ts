import { apiOf, refusalOf } from "../../editor/callback-view.ts";
import { prepareForm, type Refusals, savedOf } from "../../editor/form.ts";
import { properties } from "./properties.ts";

const refusals: Refusals = {
  callbackurl: (node, value) => refusalOf(node, value, apiOf($("#node-input-account").val() ?? node["account"])),
};

RED.nodes.registerType("withings-notify", {
  category: "Withings",
  color: "#8fb8b0",
  icon: "withings-notify.svg",
  inputs: 1,
  outputs: 1,
  paletteLabel() {
    return this._("palette.label");
  },
  ...savedOf(properties, refusals),
  label() {
    if (this.name) return this.name;
    return this._(this["actionType"] === "choice" ? `action.${this["action"]}` : "title.subscriptions");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    prepareForm(this, properties);
  },
});
