import { callService, type FoundUser, nameOf, wordsFor } from "../../editor/account-service.ts";
import { prepareForm, savedOf } from "../../editor/form.ts";
import type { EditorNode } from "../../editor/red.ts";
import { properties } from "./properties.ts";

RED.nodes.registerType("withings-account", {
  category: "config",
  paletteLabel() {
    return this._("title.account");
  },
  ...savedOf(properties),
  label() {
    return this.name || this._("title.account");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    prepareForm(this, properties);
    $("#withings-account-test").on("click", (event) => {
      event.preventDefault();
      void test(this);
    });
    $("#withings-account-find").on("click", (event) => {
      event.preventDefault();
      void find(this);
    });
  },
});

/** Shows the result of a button right below it. */
const place = (selector: string) => (text: string, isBad?: boolean) =>
  void $(selector)
    .text(text)
    .toggleClass("form-warning", isBad === true)
    .show();

async function test(node: EditorNode): Promise<void> {
  const show = place("#withings-account-tested");
  show(node._("test.running"));
  const answer = await callService("test", { id: node.id });
  if (answer.ok) show(testedWords(node, answer));
  else show(wordsFor(node, answer), true);
}

async function find(node: EditorNode): Promise<void> {
  const show = place("#withings-account-found");
  const [email, password] = [$("#withings-account-email"), $("#withings-account-password")];
  $("#withings-account-users").empty();
  show(node._("find.running"));
  const answer = await callService("users", { id: node.id, email: email.val(), password: password.val() });
  password.val("");
  if (!answer.ok) return show(wordsFor(node, answer), true);
  const users = answer.users ?? [];
  show(node._(users.length === 0 ? "find.nobody" : "find.choose"));
  listUsers(node, users);
}

function testedWords(
  node: EditorNode,
  { user, groups = 0 }: { readonly user?: FoundUser; readonly groups?: number },
): string {
  return node._(groups > 0 ? "test.ok" : "test.empty", { name: user ? nameOf(user) : "" });
}

/** A button for each user, which fills in the userid and the access key. */
function listUsers(node: EditorNode, users: readonly FoundUser[]): void {
  const list = $("#withings-account-users").empty();
  for (const user of users) {
    const text = `${nameOf(user)} (${user.userid})${user.is_sharing === false ? ` – ${node._("find.private")}` : ""}`;
    const button = $("<button>")
      .attr("type", "button")
      .addClass("red-ui-button")
      .css("margin", "0 4px 4px 0")
      .text(text);
    button.on("click", () => {
      $("#node-config-input-userid").val(user.userid).trigger("change");
      $("#node-config-input-publickey")
        .val(user.publickey ?? "")
        .trigger("change");
      const name = $("#node-config-input-name");
      if (!name.val()) name.val(user.first_name ?? "");
      list.empty();
      place("#withings-account-found")(node._("find.chosen", { name: nameOf(user) }));
    });
    list.append(button);
  }
}
