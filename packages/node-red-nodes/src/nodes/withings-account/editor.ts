import { callService, type FoundUser, nameOf, wordsFor } from "../../editor/account-service.ts";
import {
  type ApiOfAccount,
  addressOfThisPage,
  callbackUrlOf,
  isUnreachable,
  refusalOf,
} from "../../editor/callback-view.ts";
import { copyOnClick } from "../../editor/clipboard.ts";
import { endConsent, prepareConsent } from "../../editor/consent-view.ts";
import { prepareForm, type Refusals, savedOf } from "../../editor/form.ts";
import type { EarlierNode, EditorNode } from "../../editor/red.ts";
import { SECRET_CHARACTERS } from "../../shared/callback-address.ts";
import { BASE_URLS, properties } from "./properties.ts";

/** As long as a real one: enough to check the rules before the real one is known. */
const ANY_SECRET = "x".repeat(SECRET_CHARACTERS);

const apiIn = (node: EditorNode): ApiOfAccount => ({
  generation: $("#node-config-input-generation").val() ?? node["generation"],
  baseurl: $("#node-config-input-baseurl").val() ?? node["baseurl"],
});

const refusals: Refusals = {
  // A private host is a warning in the form only: it is right for trying with a simulator.
  publicurl: (node, value) => refusalOf(node, callbackUrlOf(value, ANY_SECRET), apiIn(node)),
};

RED.nodes.registerType("withings-account", {
  category: "config",
  paletteLabel() {
    return this._("title.account");
  },
  ...savedOf(properties, refusals),
  label() {
    return this.name || this._("title.account");
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    takeOver(this);
    prepareForm(this, properties);
    prepareConsent(this);
    showGeneration();
    showCallback(this);
    $("#withings-account-test").on("click", (event) => {
      event.preventDefault();
      void test(this);
    });
    $("#withings-account-find").on("click", (event) => {
      event.preventDefault();
      void find(this);
    });
  },
  oneditcancel: endConsent,
  oneditdelete: endConsent,
  oneditsave() {
    endConsent();
    for (const earlier of earlierNodes(this)) Object.assign(earlier, { publicurl: "", changed: true, dirty: true });
  },
});

/** The rows of the chosen generation, and its base URL where that of the other one stands. */
function showGeneration(): void {
  const field = $("#node-config-input-generation");
  const update = () => {
    const generation = String(field.val());
    $("[data-generation]").each((_index, part) => {
      $(part).toggle(part.dataset["generation"] === generation);
    });
    const baseUrl = $("#node-config-input-baseurl");
    const isUntouched = Object.values<unknown>(BASE_URLS).includes(baseUrl.val());
    if (isUntouched && generation in BASE_URLS)
      baseUrl.val(BASE_URLS[generation as keyof typeof BASE_URLS]).trigger("change");
  };
  field.on("change", update);
  update();
}

/** Weigh-in nodes that an earlier version saved with a public address of their own. */
function earlierNodes(account: EditorNode): EarlierNode[] {
  const found: EarlierNode[] = [];
  RED.nodes.eachNode((node) => {
    if (node.type === "withings-weigh-in" && node.account === account.id && node.publicurl) found.push(node);
  });
  return found;
}

/** Fills in the public address that a weigh-in node brought along. */
function takeOver(account: EditorNode): void {
  const field = $("#node-config-input-publicurl");
  const address = earlierNodes(account)[0]?.publicurl;
  if (address && !field.val()) field.val(address);
}

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
  { user, groups = 0, days }: { readonly user?: FoundUser; readonly groups?: number; readonly days?: number },
): string {
  const name = String($("#node-config-input-name").val() ?? "");
  const key = groups > 0 ? "test.ok" : days === undefined ? "test.empty" : "test.recent";
  return node._(key, { name: name || (user ? nameOf(user) : ""), days });
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

/** Keeps the shown URL and its warnings in step with the form. */
function showCallback(node: EditorNode): void {
  const field = $("#node-config-input-publicurl");
  const shown = $("#withings-callback-url");
  const isInSubflow = RED.nodes.subflow(String(node["z"] ?? "")) !== undefined;
  let secret: string | undefined;
  const warningAbout = (publicUrl: string, url: string) => {
    if (isInSubflow) return node._("url.subflow");
    if (publicUrl === "") return node._("url.none");
    if (publicUrl.startsWith("${")) return "";
    const refusal = refusalOf(node, url, apiIn(node));
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
  $("#node-config-input-generation").on("change", update);
  $("#withings-fill-url").on("click", (event) => {
    event.preventDefault();
    field.val(addressOfThisPage()).trigger("change");
  });
  copyOnClick(node, "#withings-copy-url", shown);
  update();
  // Each instance gets an id of its own when it starts, and with it another callback URL.
  $("#withings-row-callback").toggle(!isInSubflow);
  if (isInSubflow) return;
  $.getJSON(`withings-account/callback/${encodeURIComponent(node.id)}`)
    .done((answer: { readonly secret?: string }) => {
      secret = answer.secret;
      update();
    })
    .fail(() => void shown.val(node._("url.hidden")));
}
