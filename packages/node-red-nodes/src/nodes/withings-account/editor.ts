import { callService, type FoundUser, nameOf, prepareChoices, wordsFor } from "../../editor/account-service.ts";
import type { EditorNode } from "../../editor/red.ts";

/** Whole numbers from 1 up, or an environment variable. */
function validateCount(this: EditorNode, value: string, _options?: { readonly label?: string }): boolean | string {
  if (/^[1-9]\d{0,6}$/.test(String(value)) || String(value).startsWith("${")) return true;
  return typeof this._ === "function" ? this._("invalid.count") : "invalid";
}

function validateBaseUrl(this: EditorNode, value: string, _options?: { readonly label?: string }): boolean | string {
  const url = URL.parse(String(value));
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (isPlain || String(value).startsWith("${")) return true;
  return typeof this._ === "function" ? this._("invalid.baseurl") : "invalid";
}

RED.nodes.registerType("withings-account", {
  category: "config",
  defaults: {
    version: { value: 1 },
    name: { value: "" },
    generation: { value: "wbs", required: true },
    baseurl: { value: "http://wbsapi.withings.net/", required: true, validate: validateBaseUrl },
    ambiguous: { value: "hold" },
    ambiguousType: { value: "choice" },
    pollminutes: { value: "15", validate: validateCount },
    callsperminute: { value: "120", validate: validateCount },
  },
  credentials: { userid: { type: "text" }, publickey: { type: "password" } },
  label() {
    return this.name || this._("title.account");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    prepareChoices(this);
    const result = $("#withings-account-result");
    const show = (text: string, isBad = false) => void result.text(text).toggleClass("form-warning", isBad).show();

    $("#withings-account-test").on("click", (event) => {
      event.preventDefault();
      show(this._("test.running"));
      void callService("test", { id: this.id }).then((answer) =>
        answer.ok ? show(testedWords(this, answer)) : show(wordsFor(this, answer), true),
      );
    });

    $("#withings-account-find").on("click", (event) => {
      event.preventDefault();
      const [email, password] = [$("#withings-account-email"), $("#withings-account-password")];
      show(this._("find.running"));
      void callService("users", { id: this.id, email: email.val(), password: password.val() }).then((answer) => {
        password.val("");
        if (!answer.ok) return show(wordsFor(this, answer), true);
        const users = answer.users ?? [];
        show(this._(users.length === 0 ? "find.nobody" : "find.choose"));
        listUsers(this, users);
      });
    });
  },
});

function testedWords(
  node: EditorNode,
  { user, groups = 0 }: { readonly user?: FoundUser; readonly groups?: number },
): string {
  return node._(groups > 0 ? "test.ok" : "test.empty", { name: user ? nameOf(user) : "" });
}

/** A button for each; the key behind it stays in the runtime, the form gets a ticket for it. */
function listUsers(node: EditorNode, users: readonly FoundUser[]): void {
  const list = $("#withings-account-users").empty();
  for (const user of users) {
    const text = `${nameOf(user)} (${user.userid})${user.is_sharing === false ? ` – ${node._("find.private")}` : ""}`;
    const button = $("<button>").attr("type", "button").addClass("red-ui-button").css("margin", "2px").text(text);
    button.on("click", () => {
      $("#node-config-input-userid").val(user.userid).trigger("change");
      $("#node-config-input-publickey")
        .val(user.ticket ?? "")
        .trigger("change");
      const name = $("#node-config-input-name");
      if (!name.val()) name.val(user.first_name ?? "");
      list.empty();
      $("#withings-account-result").text(node._("find.chosen", { name: nameOf(user) }));
    });
    list.append(button);
  }
}
