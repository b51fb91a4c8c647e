// The page's behaviour: buttons send JSON to the simulator, and its log is told in words.

import { told } from "./story.js";

const MAX_LINES = 60;
const POUNDS_PER_KG = 1 / 0.45359237;
const WEIGHT = 1;
const $ = (id) => document.getElementById(id);

let state = { run: "", people: [], faults: [], log: [] };
let chosen = "";
/** Entries of the log, newest last. */
let entries = [];
/** The deed whose outcome is told under its button. */
let deed;

const weight = $("weight");
const unit = () => document.querySelector("input[name=unit]:checked").value;
const person = () => state.people.find(({ name }) => name === chosen);
const nameOf = (userId) => state.people.find((one) => String(one.userId) === userId)?.name;
const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

// The scale

function shownWeight(kg) {
  // Rounded before it is split, so that 14.0 pounds are a stone.
  const tenths = Math.round(kg * POUNDS_PER_KG * 10);
  if (unit() === "lb") return (tenths / 10).toFixed(1);
  if (unit() === "st") return `${Math.floor(tenths / 140)} st ${((tenths % 140) / 10).toFixed(1)}`;
  return kg.toFixed(kg % 0.1 < 0.001 || kg % 0.1 > 0.099 ? 1 : 2);
}

function showWeight() {
  const digits = $("digits");
  digits.textContent = shownWeight(Number(weight.value));
  digits.classList.toggle("is-long", digits.textContent.length > 6);
}

function choose(name) {
  chosen = name;
  const last = person()?.lastWeighIn?.measures.find(({ type }) => type === WEIGHT);
  weight.value = last === undefined ? "80" : String(last.value * 10 ** last.unit);
  showWeight();
  say("");
}

// Outcome of a button

/** Under the button, where whoever pressed it looks. */
function say(text, button, isProblem = false) {
  deed = undefined;
  showMessage(text, isProblem);
  button?.after($("message"));
}

function showMessage(text, isProblem = false) {
  $("message").textContent = text;
  $("message").hidden = text === "";
  $("message").className = isProblem ? "message problem" : "message";
  $("message").role = isProblem ? "alert" : "status";
}

const people = (count) => `${count} subscriber${count === 1 ? "" : "s"}`;

/** Applications by name, subscribers of the original API by their number; the values of a map by callback URL. */
function named(told) {
  const applications = [...new Set([...told.values()].filter((name) => name !== undefined))];
  const others = [...told.values()].filter((name) => name === undefined).length;
  return [...applications, ...(others > 0 ? [people(others)] : [])].join(" and ");
}

/** Callbacks that were sent for the action so far. */
function showOutcome() {
  if (deed === undefined) return;
  const { name, isSharing, subscriptions, applications } = state.people.find((one) => one.name === deed.person) ?? {};
  const callbacks = entries.filter(
    (one) => one.kind === "callback" && !one.isProbe && one.person === name && one.id > deed.id,
  );
  const reached = new Map(callbacks.filter(({ answer }) => answer === 200).map((one) => [one.url, one.application]));
  const missed = new Map(callbacks.filter(({ url }) => !reached.has(url)).map((one) => [one.url, one.application]));
  const parts = [];
  if (reached.size > 0) parts.push(`${named(reached)} told`);
  if (missed.size > 0) parts.push(`${named(missed)} did not answer`);
  if (!isSharing) parts.push(`${name} does not share: nobody is told`);
  else if (parts.length === 0)
    parts.push(
      subscriptions.length + applications.length === 0
        ? "nobody has asked to be told"
        : `telling ${people(subscriptions.length + applications.length)}`,
    );
  showMessage(`${deed.words}, ${parts.join(", ")}`);
}

const ENDED = "The simulator has ended. Start it again.";

function showEnded(words) {
  $("ended").textContent = words;
  $("ended").hidden = words === "";
}

/** True where the simulator did it. */
async function send(name, body, button) {
  say("");
  try {
    const response = await fetch(`simulator/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.ok) show(answer);
    else say(answer.error, button, true);
    return response.ok;
  } catch {
    showEnded(ENDED);
    return false;
  }
}

/** Something that subscribers are told of. */
async function doAndTell(name, body, button, words) {
  if (!(await send(name, { person: chosen, ...body }, button))) return;
  const last = state.log.findLast((entry) => entry.kind === "deed" && entry.person === chosen);
  say(" ", button);
  deed = { id: last.id, person: chosen, words: words ?? last.words };
  showOutcome();
}

// The buttons

function weighIn(button, more = {}) {
  if (!$("weigh").reportValidity()) return;
  const fat = $("with-fat").checked ? { fatRatio: Number($("fat").value) } : {};
  const words =
    more.attribution === undefined ? `${chosen}: ${shownWeight(Number(weight.value))} ${unit()}` : undefined;
  return doAndTell("weigh-in", { weight: Number(weight.value), ...fat, ...more }, button, words);
}

function onLast(action, button, more = {}) {
  const last = person()?.lastWeighIn;
  if (last) return doAndTell(action, { grpid: last.grpid, ...more }, button);
  say(`${chosen} has not stepped on yet.`, button, true);
}

const DEEDS = {
  ambiguous: (button) => weighIn(button, { attribution: 1 }),
  backdated: (button) => weighIn(button, { attribution: 2, agoS: 7 * 86400 }),
  edit: (button) => onLast("edit", button, { weight: Number(weight.value) }),
  delete: (button) => onLast("delete", button),
  target: (button) => doAndTell("target", { weight: Number(weight.value) }, button),
  async sharing(button) {
    if (!(await send("sharing", { person: chosen, isSharing: !person()?.isSharing }, button))) return;
    say(state.log.findLast(({ kind }) => kind === "deed")?.words ?? "", button);
  },
  async clock(button) {
    if (await send("clock", { advanceS: 86400 }, button))
      say(`In the cloud it is now ${new Date(state.now).toLocaleString()}.`, button);
  },
};

// What is shown of the simulator's state

function show(next) {
  const isOtherRun = next.run !== state.run;
  const wasFault = state.faults[0];
  state = next;
  if (isOtherRun) forget();
  if (!person()) choose(state.people[0]?.name ?? "");
  showPeople();
  for (const entry of state.log) hear(entry);
  document.querySelector("[data-do=sharing]").textContent = person()?.isSharing
    ? "Stop sharing"
    : "Share again (with a new key)";
  $("step-on").disabled = chosen === "";
  // Set only where it changed: somebody may be choosing.
  if (isOtherRun || state.faults[0] !== wasFault) $("fault").value = state.faults[0] ?? "none";
  showIdentity();
  showWatchers();
}

/** Another start of the simulator has another story. */
function forget() {
  entries = [];
  $("log").replaceChildren();
  $("empty").hidden = false;
  say("");
}

/** Made anew only where somebody came: a button that is replaced loses the keyboard. */
function showPeople() {
  const shown = [...$("people").querySelectorAll("[role=radio]")];
  const names = state.people.map(({ name }) => name);
  if (shown.map(({ textContent }) => textContent).join("\n") !== names.join("\n")) {
    for (const button of shown) button.remove();
    $("add").before(...names.map(personButton));
  }
  for (const button of $("people").querySelectorAll("[role=radio]"))
    button.ariaChecked = String(button.textContent === chosen);
}

function personButton(name) {
  const button = Object.assign(element("button", "", name), { type: "button", role: "radio" });
  button.onclick = () => {
    choose(name);
    show(state);
  };
  return button;
}

function showIdentity() {
  const { userId, publicKey, account } = person() ?? {};
  $("identity").hidden = userId === undefined;
  $("userid").textContent = userId;
  $("publickey").textContent = publicKey;
  $("account").textContent = account ? `account ${account.email}, password ${account.password}` : "";
}

function showWatchers() {
  const { isSharing, subscriptions = [], applications = [] } = person() ?? {};
  const days = ({ expires }) => Math.max(0, Math.round((expires - state.now / 1000) / 86400));
  const one = (subscription) => `${subscription.comment} (ends in ${days(subscription)} days)`;
  if (isSharing === false) $("watchers").textContent = `${chosen} does not share: nobody is told.`;
  else if (subscriptions.length + applications.length === 0)
    $("watchers").textContent = `Nobody has asked to be told when ${chosen} weighs in.`;
  else {
    const all = [...applications.map((name) => `the application ${name}`), ...subscriptions.map(one)];
    $("watchers").textContent = `Told when ${chosen} weighs in: ${all.join(", ")}.`;
  }
}

/** An entry of the log, once. */
function hear(entry) {
  const lastId = entries.at(-1)?.id ?? 0;
  if (entry.id <= lastId) return;
  entries = [...entries.slice(-MAX_LINES * 2), entry];
  const [kind, mark, words, small] = told(entry, nameOf);
  const line = element("li", lastId > 0 ? `${kind} fresh` : kind, "");
  const time = element("time", "", new Date(entry.at).toLocaleTimeString());
  line.append(element("span", "mark", mark), element("span", "words", words), time);
  if (small) line.append(element("small", "", small));
  $("log").prepend(line);
  while ($("log").children.length > MAX_LINES) $("log").lastElementChild.remove();
  $("empty").hidden = true;
  showOutcome();
}

async function refresh() {
  try {
    show(await (await fetch("simulator/state")).json());
    showEnded("");
  } catch {
    showEnded(ENDED);
  }
}

weight.oninput = showWeight;
for (const radio of document.querySelectorAll("input[name=unit]")) radio.onchange = showWeight;
for (const button of document.querySelectorAll("[data-step]"))
  button.onclick = () => {
    weight.value = String(Number(weight.value) + Number(button.dataset.step));
    showWeight();
  };
for (const button of document.querySelectorAll("[data-do]")) button.onclick = () => DEEDS[button.dataset.do](button);
$("with-fat").onchange = () => {
  $("fat").disabled = !$("with-fat").checked;
};
$("fault").onchange = () => send("fault", { kind: $("fault").value }, $("fault").parentElement);
$("weigh").onsubmit = async (event) => {
  event.preventDefault();
  $("plate").classList.add("pressed");
  setTimeout(() => $("plate").classList.remove("pressed"), 450);
  await weighIn($("step-on"));
};
$("add").onclick = () => {
  $("add-person").hidden = !$("add-person").hidden;
  if (!$("add-person").hidden) $("add-person").elements.person.focus();
};
$("add-person").onsubmit = async (event) => {
  event.preventDefault();
  const { person: name, heightM } = Object.fromEntries(new FormData(event.target));
  const height = heightM === "" ? {} : { heightM: Number(heightM) };
  if (!(await send("person", { person: name, ...height }, $("add-button")))) return;
  event.target.reset();
  event.target.hidden = true;
  choose(name.trim());
  show(state);
};
$("copy").onclick = async () => {
  await navigator.clipboard.writeText($("publickey").textContent);
  $("copy").textContent = "copied";
};

showWeight();
await refresh();
const events = new EventSource("simulator/events");
// What happened while nobody listened, also by another start of the simulator.
events.onopen = refresh;
events.onerror = () =>
  showEnded(
    events.readyState === EventSource.CLOSED ? "Too many pages are open: close some, then load this one again." : ENDED,
  );
events.onmessage = ({ data }) => {
  const entry = JSON.parse(data);
  hear(entry);
  // Subscriptions change with calls, and the newest groups with deeds.
  if (entry.kind !== "callback") void refresh();
};
