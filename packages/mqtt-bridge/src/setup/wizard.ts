import { type Config, personSchema } from "../config/schema.ts";
import { type Answers, type BrokerAnswer, configOf, type PersonAnswer, type Secret } from "./answers.ts";
import type { Asker } from "./asker.ts";
import type { Check } from "./checks.ts";

/** Looks at what the answers name, as far as they go. */
export interface Checks {
  broker(config: Config): Promise<Check>;
  api(config: Config): Promise<Check>;
  callback(config: Config): Promise<Check>;
}

export interface WizardInput {
  readonly asker: Asker;
  readonly checks: Checks;
  /** Answers that were given as options: nobody is asked for them. */
  readonly given: Partial<Answers>;
}

type Draft = Partial<Answers>;

/** Asks for everything that is not given, and tries each part while its answers can still be changed. */
export async function askAll({ asker, checks, given }: WizardInput): Promise<Answers> {
  const generation = given.generation ?? (await askGeneration(asker));
  const people = given.people ?? (await askPeople(asker, generation));
  let draft: Draft = { ...given, generation, people };
  draft = await settled(asker, draft, checks.api, "Asking the API", askClient);
  draft = await settled(asker, draft, checks.broker, "Connecting to the broker", askBroker);
  const callback = async (config: Config) => (config.callback.public_url ? checks.callback(config) : undefined);
  draft = await settled(asker, draft, callback, "Looking at the way in", askCallback);
  return whole(draft);
}

/** Undefined where there is nothing to look at. */
type LookAt = (config: Config) => Promise<Check | undefined>;
type Ask = (asker: Asker, draft: Draft, isAgain: boolean) => Promise<Draft>;

/** Asks, tries, and asks again until it works or the person goes on without. */
async function settled(asker: Asker, draft: Draft, check: LookAt, words: string, ask: Ask): Promise<Draft> {
  let next = draft;
  for (let isAgain = false; ; isAgain = true) {
    next = await ask(asker, next, isAgain);
    asker.step(words);
    const found = await tried(check, next);
    if (found) asker.say(`${found.ok ? "✓" : "✗"} ${found.words}`);
    if (found === undefined || found.ok) return next;
    if (found.remedy !== undefined) asker.warn(found.remedy);
    const choice = await asker.choose("What now?", [
      { value: "again", label: "Answer again" },
      { value: "on", label: "Go on", hint: "weighbridge doctor says later whether it works" },
    ]);
    if (choice === "on") return next;
  }
}

async function tried(check: LookAt, draft: Draft): Promise<Check | undefined> {
  try {
    return await check(configOf(whole(draft)));
  } catch (error) {
    const { message, remedy = "" } = error as Error & { readonly remedy?: string };
    return { subject: "api", ok: false, words: message, remedy };
  }
}

const whole = (draft: Draft): Answers => ({
  ...{ generation: "public", people: [], broker: { url: DEFAULT_BROKER } },
  ...draft,
});

const DEFAULT_BROKER = "mqtt://127.0.0.1:1883";

const askGeneration = (asker: Asker) =>
  asker.choose<Answers["generation"]>("Which API has the data?", [
    { value: "public", label: "Withings, today", hint: "a Withings account and an application of your own" },
    { value: "wbs", label: "A server of the original API", hint: "userid and publickey, such as the simulator" },
  ]);

async function askPeople(asker: Asker, generation: Answers["generation"]): Promise<PersonAnswer[]> {
  const people: PersonAnswer[] = [];
  do {
    const name = await asker.text({ message: "Who steps on the scale? A first name", check: checkName });
    const taken = people.map(({ slug }) => slug);
    const slug = await asker.text({
      message: `The name of ${name} in topics and entity ids; it should never change`,
      initial: slugOf(name),
      check: (text) => checkSlug(text) ?? (taken.includes(text) ? "Somebody has this name already." : undefined),
    });
    const unit = await asker.choose<PersonAnswer["unit"]>(`The unit of ${name}'s weight`, UNITS);
    const original = generation === "wbs" ? await askOriginal(asker, name) : {};
    people.push({ slug, name, unit, ...original });
  } while (await asker.confirm("Does somebody else step on it?", false));
  return people;
}

const UNITS = [
  { value: "kg", label: "kg" },
  { value: "lb", label: "lb" },
  { value: "st", label: "st", hint: "stones" },
] as const;

async function askOriginal(asker: Asker, name: string): Promise<Pick<PersonAnswer, "userid" | "publickey">> {
  const isId = (text: string) => (/^[1-9]\d*$/.test(text) ? undefined : "The userid is a number.");
  const userid = Number(await asker.text({ message: `The userid of ${name}`, check: isId }));
  return { userid, publickey: await askSecret(asker, `The publickey of ${name}`) };
}

async function askSecret(asker: Asker, message: string): Promise<Secret> {
  return { typed: await asker.secret({ message, check: (text) => (text === "" ? "It is empty." : undefined) }) };
}

const checkName = (text: string) => (text === "" || text.length > 60 ? "Give 1 to 60 characters." : undefined);

const checkSlug = (text: string): string | undefined =>
  personSchema.shape.slug.safeParse(text).error?.issues[0]?.message;

/** A name as topics can hold it: Zoë becomes zoe. */
export function slugOf(name: string): string {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return (
    plain
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 64) || "person"
  );
}

async function askClient(asker: Asker, draft: Draft, isAgain: boolean): Promise<Draft> {
  if (draft.generation === "wbs") {
    if (draft.baseUrl !== undefined && !isAgain) return draft;
    const initial = draft.baseUrl ?? "http://wbsapi.withings.net/";
    const baseUrl = await asker.text({ message: "The URL of its server", initial, check: checkHttp });
    if (!isAgain) return { ...draft, baseUrl };
    const people: PersonAnswer[] = [];
    for (const person of draft.people ?? []) people.push({ ...person, ...(await askOriginal(asker, person.name)) });
    return { ...draft, baseUrl, people };
  }
  if (draft.clientId !== undefined && draft.clientSecret !== undefined && !isAgain) return draft;
  if (!isAgain)
    asker.say(
      "Your application at developer.withings.com has a ClientID and a Secret; docs/withings-account.md shows how to make one.",
    );
  const clientId = await asker.text({
    message: "ClientID",
    ...(draft.clientId !== undefined && { initial: draft.clientId }),
    check: (text) => (text === "" ? "It is empty." : undefined),
  });
  return { ...draft, clientId, clientSecret: await askSecret(asker, "Secret (not shown)") };
}

const checkHttp = (text: string) =>
  /^https?:$/.test(URL.parse(text)?.protocol ?? "") ? undefined : "Give a URL that starts with http:// or https://.";

async function askBroker(asker: Asker, draft: Draft, isAgain: boolean): Promise<Draft> {
  if (draft.broker !== undefined && !isAgain) return draft;
  const url = await asker.text({
    message: "Where is the MQTT broker?",
    initial: draft.broker?.url ?? DEFAULT_BROKER,
    check: (text) =>
      /^(mqtts?|wss?):$/.test(URL.parse(text)?.protocol ?? "")
        ? undefined
        : "Give a URL that starts with mqtt://, mqtts://, ws:// or wss://.",
  });
  const username = await asker.text({
    message: "Its user name; leave it empty where the broker asks for none",
    ...(draft.broker?.username !== undefined && { initial: draft.broker.username }),
  });
  const broker: BrokerAnswer =
    username === "" ? { url } : { url, username, password: await askSecret(asker, "Its password (not shown)") };
  return { ...draft, broker };
}

async function askCallback(asker: Asker, draft: Draft, isAgain: boolean): Promise<Draft> {
  if (draft.publicUrl !== undefined && !isAgain) return draft;
  const { publicUrl: _before, ...others } = draft;
  const way = await asker.choose("How does the bridge hear of a weigh-in?", [
    { value: "poll", label: "It asks every 15 minutes", hint: "nothing else is needed" },
    { value: "call", label: "The API calls this machine", hint: "seconds; needs a public https address" },
  ]);
  if (way === "poll") return others;
  const publicUrl = await asker.text({
    message: `The public URL that leads to port ${draft.port ?? 8480} of this machine`,
    placeholder: "https://home.example.org/withings",
    ...(draft.publicUrl !== undefined && { initial: draft.publicUrl }),
    check: checkHttp,
  });
  return { ...others, publicUrl };
}
