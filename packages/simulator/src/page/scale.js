// The page's behaviour: buttons send JSON to the simulator, and its log is told in words.

const MAX_LINES = 60;
const POUNDS_PER_KG = 1 / 0.45359237;
const $ = (id) => document.getElementById(id);

let state = { people: [], log: [] };
let chosen = "";
let lastLine = 0;

const weight = $("weight");
const unit = () => document.querySelector("input[name=unit]:checked").value;

function shownWeight(kg) {
  const pounds = kg * POUNDS_PER_KG;
  if (unit() === "lb") return pounds.toFixed(1);
  if (unit() === "st") return `${Math.floor(pounds / 14)} st ${(pounds % 14).toFixed(1)}`;
  return kg.toFixed(kg % 0.1 < 0.001 || kg % 0.1 > 0.099 ? 1 : 2);
}

function showWeight() {
  $("digits").textContent = shownWeight(Number(weight.value));
}

async function send(name, body) {
  $("problem").hidden = true;
  const response = await fetch(`simulator/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (response.ok) show(answer);
  else {
    $("problem").textContent = answer.error;
    $("problem").hidden = false;
  }
  return response.ok;
}

const person = () => state.people.find(({ name }) => name === chosen);
const lastWeighIn = () =>
  person()?.newest.find(({ category, measures }) => category === 1 && measures.some(({ type }) => type === 1));

function weighIn(more = {}) {
  const fat = $("with-fat").checked ? { fatRatio: Number($("fat").value) } : {};
  return send("weigh-in", { person: chosen, weight: Number(weight.value), ...fat, ...more });
}

function onLast(action, more = {}) {
  const last = lastWeighIn();
  if (last) return send(action, { person: chosen, grpid: last.grpid, ...more });
  $("problem").textContent = `${chosen} has not stepped on yet.`;
  $("problem").hidden = false;
}

const DEEDS = {
  ambiguous: () => weighIn({ attribution: 1 }),
  backdated: () => weighIn({ attribution: 2, agoS: 7 * 86400 }),
  edit: () => onLast("edit", { weight: Number(weight.value) }),
  delete: () => onLast("delete"),
  target: () => send("target", { person: chosen, weight: Number(weight.value) }),
  sharing: () => send("sharing", { person: chosen, isSharing: !person()?.isSharing }),
  clock: () => send("clock", { advanceS: 86400 }),
};

function show(next) {
  state = next;
  if (!person()) chosen = state.people[0]?.name ?? "";
  showPeople();
  for (const entry of state.log) showEntry(entry);
  const sharing = document.querySelector("[data-do=sharing]");
  sharing.textContent = person()?.isSharing ? "Stop sharing" : "Share again (with a new key)";
  $("step-on").disabled = chosen === "";
  $("fault").value = state.faults[0] ?? "none";
  showWatchers();
}

function showPeople() {
  const buttons = state.people.map(({ name }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.role = "radio";
    button.ariaChecked = String(name === chosen);
    button.textContent = name;
    button.onclick = () => {
      chosen = name;
      show(state);
    };
    return button;
  });
  const add = document.createElement("button");
  add.type = "button";
  add.className = "add";
  add.textContent = "Add a person";
  add.onclick = () => {
    $("add-person").hidden = !$("add-person").hidden;
  };
  $("people").replaceChildren(...buttons, add);
}

function showWatchers() {
  const { subscriptions = [] } = person() ?? {};
  const days = ({ expires }) => Math.max(0, Math.round((expires - state.now / 1000) / 86400));
  const one = (subscription) => `${subscription.comment} (ends in ${days(subscription)} days)`;
  $("watchers").textContent =
    subscriptions.length === 0
      ? `Nobody has asked to be told when ${chosen} weighs in.`
      : `Told when ${chosen} weighs in: ${subscriptions.map(one).join(", ")}.`;
}

const CALLS = {
  "measure/getmeas": "Somebody fetched the measures",
  "notify/subscribe": "Somebody asked to be told of changes",
  "notify/get": "Somebody checked their subscription",
  "notify/list": "Somebody listed the subscriptions",
  "notify/revoke": "Somebody ended their subscription",
  "user/getbyuserid": "Somebody read the profile",
  "user/update": "Somebody changed the sharing",
  "account/getuserslist": "Somebody listed the users of an account",
  "once/get": "Somebody fetched a one-time string",
  "once/probe": "Somebody checked that the service answers",
};

/** An entry of the log as [kind, mark, words, small print]. */
const TOLD = {
  deed: ({ words }) => ["deed", "●", words, ""],
  callback(entry) {
    const isGood = entry.answer === 200;
    const change = `The cloud told a subscriber that ${entry.person}’s data changed`;
    const what = entry.isProbe ? "The cloud tried the callback URL" : change;
    const answer =
      entry.answer === null ? "nobody answered" : `it answered ${entry.answer} in ${Math.round(entry.tookMs)} ms`;
    const again = entry.try > 1 ? ` (try ${entry.try})` : "";
    return [isGood ? "good" : "bad", isGood ? "→" : "✕", `${what}${again}: ${answer}`, entry.url];
  },
  call(entry) {
    const call = `${entry.service}/${entry.action}`;
    const words = CALLS[call] ?? `Somebody called ${call}`;
    const parameters = Object.entries(entry.parameters).map(([name, value]) => `${name}=${value}`);
    const small = `${call} ${parameters.join(" ")}`;
    if (entry.status === 0) return ["good", "←", words, small];
    const refused = entry.status === -1 ? entry.reason : `refused with status ${entry.status}: ${entry.reason ?? ""}`;
    return ["bad", "✕", `${words}, ${refused}`, small];
  },
};

function showEntry(entry) {
  if (entry.id <= lastLine) return;
  const isLive = lastLine > 0;
  lastLine = entry.id;
  const [kind, mark, words, small] = TOLD[entry.kind](entry);
  const line = document.createElement("li");
  line.className = isLive ? `${kind} fresh` : kind;
  const part = (tag, className, text) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  };
  const time = part("time", "", new Date(entry.at).toLocaleTimeString());
  line.append(part("span", "mark", mark), part("span", "words", words), time);
  if (small) line.append(part("small", "", small));
  $("log").prepend(line);
  while ($("log").children.length > MAX_LINES) $("log").lastElementChild.remove();
  $("empty").hidden = true;
}

async function refresh() {
  show(await (await fetch("simulator/state")).json());
}

weight.oninput = showWeight;
for (const radio of document.querySelectorAll("input[name=unit]")) radio.onchange = showWeight;
for (const button of document.querySelectorAll("[data-step]"))
  button.onclick = () => {
    weight.value = String(Number(weight.value) + Number(button.dataset.step));
    showWeight();
  };
for (const button of document.querySelectorAll("[data-do]")) button.onclick = () => DEEDS[button.dataset.do]();
$("fault").onchange = () => send("fault", { kind: $("fault").value });
$("weigh").onsubmit = async (event) => {
  event.preventDefault();
  $("plate").classList.add("pressed");
  setTimeout(() => $("plate").classList.remove("pressed"), 450);
  await weighIn();
};
$("add-person").onsubmit = async (event) => {
  event.preventDefault();
  const { person: name, heightM } = Object.fromEntries(new FormData(event.target));
  const height = heightM === "" ? {} : { heightM: Number(heightM) };
  if (await send("person", { person: name, ...height })) {
    chosen = name;
    event.target.reset();
    event.target.hidden = true;
    show(state);
  }
};

showWeight();
await refresh();
const events = new EventSource("simulator/events");
events.onmessage = ({ data }) => {
  const entry = JSON.parse(data);
  showEntry(entry);
  // Subscriptions change with calls, and the newest groups with deeds.
  if (entry.kind !== "callback") void refresh();
};
