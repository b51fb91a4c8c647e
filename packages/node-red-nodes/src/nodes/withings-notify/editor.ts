import { refusalOf } from "../../editor/callback-view.ts";
import { type FieldSpecs, prepareFields, showRowsOf, typedDefaults } from "../../editor/typed-fields.ts";

const fields: FieldSpecs = {
  action: { field: { kind: "choice", words: ["list", "get", "subscribe", "renew", "revoke"] }, value: "list" },
  callbackurl: {
    field: { kind: "text" },
    value: "",
    neededFor: ["get", "subscribe", "renew", "revoke"],
    refusal: (node, value) => refusalOf(node, value, $("#node-input-account").val() ?? node["account"]),
  },
  comment: { field: { kind: "text" }, value: "" },
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
  defaults: {
    version: { value: 1 },
    name: { value: "" },
    account: { value: "", type: "withings-account", required: true },
    ...typedDefaults(fields),
  },
  label() {
    if (this.name) return this.name;
    return this._(this["actionType"] === "choice" ? `action.${this["action"]}` : "title.subscriptions");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    prepareFields(this, fields);
    showRowsOf({ callbackurl: ["get", "subscribe", "renew", "revoke"], comment: ["subscribe", "renew"] });
  },
});
