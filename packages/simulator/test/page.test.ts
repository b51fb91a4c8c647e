import { START, simulate } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import type { Simulator } from "../src/index.ts";
import { ask, keyOf, statusOf } from "./support/calls.ts";

// biome-ignore lint/suspicious/noExplicitAny: what the page is sent is what the tests find out
type State = any;

async function press(sim: Simulator, button: string, input: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${sim.url}simulator/${button}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof input === "string" ? input : JSON.stringify(input),
  });
  return { status: response.status, state: (await response.json()) as State };
}

async function home() {
  const sim = await simulate();
  return { sim, ada: sim.person("Ada", { email: "ada@example.org", password: "s3cr3t" }) };
}

describe("the page", () => {
  test.each([
    ["", "text/html", "Virtual scale"],
    ["simulator/scale.css", "text/css", "{"],
    ["simulator/scale.js", "text/javascript", "fetch("],
  ])("/%s is there, with nothing from elsewhere allowed", async (path, type, words) => {
    const { sim } = await home();
    const response = await fetch(`${sim.pageUrl}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain(type);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
    const text = await response.text();
    expect(text).toContain(words);
    expect(text).not.toMatch(/(src|href)="https?:/);
  });

  test("names no file that is not there", async () => {
    const { sim } = await home();
    const html = await (await fetch(sim.pageUrl)).text();
    const files = [...html.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, file]) => file);
    expect(files).toHaveLength(2);
    for (const file of files) expect((await fetch(`${sim.pageUrl}${file}`)).status).toBe(200);
  });

  test("another path below /simulator/ is 404", async () => {
    const { sim } = await home();
    for (const path of ["simulator/", "simulator/scale.html", "simulator/..%2f..%2fpackage.json"])
      expect((await fetch(`${sim.url}${path}`)).status, path).toBe(404);
  });

  test("its state tells people with what a client needs, subscriptions, newest groups, faults and log", async () => {
    const { sim, ada } = await home();
    ada.weighsIn({ weight: 70 });
    sim.fail("601");
    const response = await fetch(`${sim.url}simulator/state`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({
      now: START * 1000,
      people: [
        {
          name: "Ada",
          userId: ada.userId,
          publicKey: ada.publicKey,
          account: { email: "ada@example.org", password: "s3cr3t" },
          isSharing: true,
          subscriptions: [],
          newest: [{ date: START }],
        },
      ],
      faults: ["601"],
      log: [{ kind: "deed", words: "Ada measured 70 kg" }],
    });
  });

  test("its state names the applications of today's API that are told", async () => {
    const { sim, ada } = await home();
    const app = sim.application({ name: "My home" });
    app.authorizes(ada);
    const applications = async () =>
      ((await (await fetch(`${sim.url}simulator/state`)).json()) as State).people[0].applications;
    expect(await applications()).toEqual([]);
    app.hasSubscription(ada, { appli: 1, callbackUrl: "https://home.example.org/", comment: null });
    expect(await applications()).toEqual(["My home"]);
  });

  test("its stream tells what happens, when it happens", async () => {
    const { sim, ada } = await home();
    const leaving = new AbortController();
    const response = await fetch(`${sim.url}simulator/events`, { signal: leaving.signal });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let heard = "";
    const until = async (words: string) => {
      while (!heard.includes(words)) heard += new TextDecoder().decode((await reader.read()).value);
    };
    await until("listening");
    ada.weighsIn({ weight: 70 });
    await until("\n\n");
    await until("Ada measured 70 kg");
    expect(heard).toMatch(/^data: \{.*"kind":"deed".*\}$/m);
    leaving.abort();
    await expect(reader.read()).rejects.toThrow();
  });

  test("does not keep the simulator from stopping while it listens", async () => {
    const { sim } = await home();
    const response = await fetch(`${sim.url}simulator/events`);
    await sim.stop();
    await expect(response.text()).rejects.toThrow();
  });
});

describe("a button", () => {
  test("steps on the scale: the group is in the API's answer, and the page gets the new state", async () => {
    const { sim, ada } = await home();
    const { status, state } = await press(sim, "weigh-in", { person: "Ada", weight: 81.4, fatRatio: 20, agoS: 60 });
    expect(status).toBe(200);
    expect(state.people[0].newest[0]).toMatchObject({ date: START - 60, attrib: 0 });
    const { body } = await ask(sim, "measure/getmeas", keyOf(ada));
    expect(body.measuregrps[0].measures).toMatchObject([{ value: 81_400, type: 1 }, {}, { value: 200, type: 6 }, {}]);
  });

  test("perhaps somebody else's: the attribution is the one that was asked for", async () => {
    const { sim } = await home();
    const { state } = await press(sim, "weigh-in", { person: "Ada", weight: 40, attribution: 1 });
    expect(state.people[0].newest[0]).toMatchObject({ attrib: 1 });
  });

  test("adds a person, corrects, deletes, sets a target", async () => {
    const { sim } = await home();
    expect((await press(sim, "person", { person: "Ben", heightM: 1.83 })).state.people).toHaveLength(2);
    const { state } = await press(sim, "weigh-in", { person: "Ben", weight: 90 });
    const [{ grpid }] = state.people[1].newest;
    const edited = await press(sim, "edit", { person: "Ben", grpid, weight: 85 });
    expect(edited.state.people[1].newest).toEqual(
      expect.arrayContaining([expect.objectContaining({ grpid, measures: [{ value: 85_000, type: 1, unit: -3 }] })]),
    );
    const deleted = await press(sim, "delete", { person: "Ben", grpid });
    expect(deleted.state.people[1].newest.map((group: { grpid: number }) => group.grpid)).not.toContain(grpid);
    const target = await press(sim, "target", { person: "Ben", weight: 80 });
    expect(target.state.people[1].newest[0]).toMatchObject({ category: 2 });
  });

  test("stops and starts sharing", async () => {
    const { sim, ada } = await home();
    expect((await press(sim, "sharing", { person: "Ada", isSharing: false })).state.people[0].isSharing).toBe(false);
    await press(sim, "sharing", { person: "Ada", isSharing: true });
    expect(await statusOf(sim, "measure/getmeas", keyOf(ada))).toBe(0);
  });

  test("makes the API fail, one way at a time, and heals it", async () => {
    const { sim } = await home();
    await press(sim, "fault", { kind: "2555" });
    const { state } = await press(sim, "fault", { kind: "601" });
    expect(state.faults).toEqual(["601"]);
    expect(await statusOf(sim, "once/probe", {})).toBe(601);
    await press(sim, "fault", { kind: "none" });
    expect(await statusOf(sim, "once/probe", {})).toBe(0);
  });

  test("moves the clock", async () => {
    const { sim } = await home();
    const { state } = await press(sim, "clock", { advanceS: 86_400 });
    expect(state.now).toBe((START + 86_400) * 1000);
  });

  test.each([
    ["weigh-in", { person: "Ada", weight: 0 }],
    ["weigh-in", { person: "Ada", weight: 401 }],
    ["weigh-in", { person: "Ada", weight: "70" }],
    ["weigh-in", { person: "Ada", weight: 70, agoS: -1 }],
    ["weigh-in", { person: "Ada", weight: 70, mood: "good" }],
    ["weigh-in", { weight: 70 }],
    ["person", { person: "" }],
    ["person", { person: "x".repeat(41) }],
    ["delete", { person: "Ada", grpid: 1 }],
    ["edit", { person: "Ada", grpid: 1, weight: 70 }],
    ["fault", { kind: "meteor" }],
    ["clock", { advanceS: 0 }],
    ["clock", { advanceS: -60 }],
    ["target", "{"],
  ])("%s %j is 400 with the reason, and changes nothing", async (button, input) => {
    const { sim } = await home();
    const { status, state } = await press(sim, button, input);
    expect(status).toBe(400);
    expect(state.error).toMatch(/\w/);
    expect(sim.log).toEqual([]);
  });

  test("of nobody says so", async () => {
    const { sim } = await home();
    const { status, state } = await press(sim, "weigh-in", { person: "Bob", weight: 70 });
    expect({ status, error: state.error }).toEqual({ status: 400, error: "Nobody here is called Bob." });
  });

  test("that is not there is 404", async () => {
    const { sim } = await home();
    for (const button of ["jump", "toString", "__proto__"]) expect((await press(sim, button, {})).status).toBe(404);
  });

  test("is pressed by the page only: another site's script is refused", async () => {
    const { sim } = await home();
    const input = { person: "Ada", weight: 70 };
    expect((await press(sim, "weigh-in", input, { origin: "http://evil.example" })).status).toBe(403);
    // What a form of another site can send without asking.
    expect((await press(sim, "weigh-in", input, { "content-type": "text/plain" })).status).toBe(415);
    expect((await press(sim, "weigh-in", input, { origin: new URL(sim.url).origin })).status).toBe(200);
  });
});
