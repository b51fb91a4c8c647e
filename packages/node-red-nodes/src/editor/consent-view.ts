import { REDIRECT_PATH } from "../shared/callback-address.ts";
import { type Answer, callService, post, wordsFor } from "./account-service.ts";
import { addressOfThisPage } from "./callback-view.ts";
import { copyOnClick } from "./clipboard.ts";
import type { EditorNode } from "./red.ts";

/** Runtime and form speak of one attempt at a time. */
let attempt = "";
let hear: ((topic: string) => void) | undefined;

const TOPIC = "withings-account/consent/#";

/** The form's part for today's API: who consented, and the way through the consent page. */
export function prepareConsent(node: EditorNode): void {
  const redirect = $("#node-config-input-redirecturl");
  const own = `${addressOfThisPage()}${REDIRECT_PATH}`;
  if (!redirect.val()) redirect.val(own);
  onClick("#withings-fill-redirect", () => void redirect.val(own).trigger("change"));
  copyOnClick(node, "#withings-copy-redirect", redirect);
  onClick("#withings-account-authorize", () => void authorize(node));
  onClick("#withings-account-redeem", () => void redeem(node));
  onClick("#withings-account-signout", () => void signOut(node));
  endConsent();
  hear = (topic) => {
    if (attempt !== "" && topic.endsWith(`/${attempt}`)) void showOutcome(node);
  };
  RED.comms.subscribe(TOPIC, hear);
  void showGrant(node);
}

/** The form is closed. */
export function endConsent(): void {
  attempt = "";
  if (hear) RED.comms.unsubscribe(TOPIC, hear);
  hear = undefined;
}

const onClick = (selector: string, act: () => void) =>
  void $(selector).on("click", (event) => {
    event.preventDefault();
    act();
  });

/** Words, and with an address a link after them. */
function show(words: string, link?: { readonly url: string; readonly text: string }): void {
  $("#withings-account-consent").text(words);
  const place = $("#withings-account-link").empty();
  if (link)
    place.append($("<a>").attr({ href: link.url, target: "_blank", rel: "noopener noreferrer" }).text(link.text));
}

async function showGrant(node: EditorNode): Promise<void> {
  const clientid = $("#node-config-input-clientid").val();
  const answer = await post("withings-account/grant", { id: node.id, clientid });
  showAnswer(node, answer);
}

/** `repeat`: the person may belong to another account, too. */
async function authorize(node: EditorNode, repeat = false): Promise<void> {
  // Opened in the click itself: later, browsers would block it.
  const page = window.open("", "_blank");
  show(node._("consent.running"));
  const answer = await callService("authorize", { id: node.id, repeat });
  if (!answer.ok || answer.url === undefined) {
    page?.close();
    return showAnswer(node, answer);
  }
  attempt = answer.attempt ?? "";
  $("#withings-account-paste").show();
  $("#withings-account-address").val("");
  if (page) {
    page.opener = null;
    page.location.replace(answer.url);
  }
  const words = node._(page ? "consent.opened" : "consent.blocked");
  show(words, { url: answer.url, text: node._("consent.link") });
}

async function redeem(node: EditorNode): Promise<void> {
  const address = $("#withings-account-address");
  const given = String(address.val() ?? "");
  address.val("");
  show(node._("consent.running"));
  showAnswer(node, await post("withings-account/redeem", { attempt, address: given }));
}

async function signOut(node: EditorNode): Promise<void> {
  show(node._("consent.running"));
  showAnswer(node, await callService("signout", { id: node.id }));
}

/** The page's answer came to the runtime: what it was is asked for, with the editor's rights. */
async function showOutcome(node: EditorNode): Promise<void> {
  showAnswer(node, await post("withings-account/outcome", { attempt }));
}

function showAnswer(node: EditorNode, answer: Answer): void {
  if (!answer.ok) return show(wordsFor(node, answer));
  const { is, userid = "", scope = "", error = "", other = "", first_open: firstOpen } = answer;
  if (is === "authorized") $("#withings-account-paste").hide();
  const words = node._(`consent.${is}`, { userid, scope: scope.replaceAll(",", ", "), error, other });
  show(words, firstOpen === undefined ? undefined : { url: firstOpen, text: node._("consent.logout") });
  if (is === "stranger_other") offerRepeat(node);
}

/** One person may have several accounts, such as in several imported flows: that is said on purpose, not by mistake. */
function offerRepeat(node: EditorNode): void {
  const button = $("<button>").attr("type", "button").addClass("red-ui-button").text(node._("consent.repeat"));
  button.on("click", (event) => {
    event.preventDefault();
    void authorize(node, true);
  });
  $("#withings-account-link").append(" ", button);
}
