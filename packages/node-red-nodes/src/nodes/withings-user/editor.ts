import { type FieldSpecs, prepareFields, showRowsOf, typedDefaults } from "../../editor/typed-fields.ts";

const fields: FieldSpecs = {
  action: { field: { kind: "choice", words: ["profile", "users", "sharing", "probe"] }, value: "profile" },
  sharing: { field: { kind: "flag" }, value: "true" },
  email: { field: { kind: "text" }, value: "" },
  withkeys: { field: { kind: "flag" }, value: "false" },
};

RED.nodes.registerType("withings-user", {
  category: "Withings",
  color: "#8fb8b0",
  icon: "withings-user.svg",
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
  credentials: { loginemail: { type: "text" }, loginpassword: { type: "password" } },
  label() {
    if (this.name) return this.name;
    return this._(this["actionType"] === "choice" ? `action.${this["action"]}` : "title.user");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    prepareFields(this, fields);
    const [sharing, users] = [["sharing"], ["users"]];
    showRowsOf({ sharing, login: users, password: users, email: users, withkeys: users });
  },
});
