import { dirname, resolve } from "node:path";
import { isoTime, systemClock } from "@weighbridge/core";
import { loadRunnableConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { type Answers, configOf, filesOf } from "../setup/answers.ts";
import { type Asker, Cancelled, terminalAsker } from "../setup/asker.ts";
import { type Check, checkApi, checkBroker, checkCallback } from "../setup/checks.ts";
import { type AnswerOptions, complete, givenAnswers, misused } from "../setup/given.ts";
import { nextWeighIn } from "../setup/live.ts";
import { askAll, type Checks } from "../setup/wizard.ts";
import { existing, thereAlready, writeFiles } from "../setup/write.ts";
import { answer } from "./answer.ts";
import { authorize } from "./authorize.ts";
import type { JsonOption } from "./command.ts";
import { look } from "./look.ts";
import { apisOf } from "./person-api.ts";
import type { Terminal } from "./terminal.ts";

export interface InitOptions extends AnswerOptions, JsonOption {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly test: boolean;
  readonly browser: boolean;
}

const CHECKS: Checks = {
  broker: (config) => checkBroker(config, systemClock),
  api: (config) => checkApi(config, systemClock),
  callback: (config) => checkCallback(config, (url) => look(url, systemClock)),
};

/** Makes a configuration: of options alone, or by asking a person for the rest. Returns the exit code. */
export async function init(file: string, options: InitOptions, terminal: Terminal): Promise<number> {
  const given = givenAnswers(options);
  if (options.yes === true) return initByOptions(file, complete(given), options, terminal);
  if (process.stdin.isTTY !== true || options.json === true)
    throw misused("init asks questions on a terminal; elsewhere give --yes and the answers as options");
  const asker = terminalAsker();
  try {
    return await initByAsking(file, asker, given, { options, terminal });
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    asker.end("Ended. weighbridge init begins again.");
    return 1;
  }
}

async function initByOptions(
  file: string,
  answers: Answers,
  { test, force = false, ...options }: InitOptions,
  terminal: Terminal,
): Promise<number> {
  const files = filesOf(answers, dirname(file));
  const config = configOf(answers);
  const there = existing(file, files);
  if (there.length > 0 && !force) throw thereAlready(there);
  const checks: Check[] = [];
  if (test) for (const check of [CHECKS.api, CHECKS.broker, CHECKS.callback]) checks.push(await check(config));
  writeFiles(file, files, force);
  loadRunnableConfig({ file, env: {} });
  const next = nextCommands(file, answers);
  const words = [
    ...checks.map(
      ({ ok, subject, words, remedy }) =>
        `${ok ? "✓" : "✗"} ${subject}: ${words}\n${remedy === undefined ? "" : `    ${remedy}\n`}`,
    ),
    `${file} is written.\nNext:\n${next.map((command) => `  ${command}\n`).join("")}`,
  ];
  const secrets = files.secrets.map(({ path }) => path);
  answer(terminal, options, { file: resolve(file), secrets, checks, next }, words.join(""));
  return checks.every(({ ok }) => ok) ? 0 : 1;
}

function nextCommands(file: string, { generation, people }: Answers): string[] {
  const named = file === "weighbridge.yaml" ? "" : ` --config ${file}`;
  const consents =
    generation === "public" ? people.map(({ slug }) => `weighbridge authorize --person ${slug}${named}`) : [];
  return [...consents, `weighbridge run${named}`];
}

interface Around {
  readonly options: InitOptions;
  readonly terminal: Terminal;
}

async function initByAsking(
  file: string,
  asker: Asker,
  given: Partial<Answers>,
  { options, terminal }: Around,
): Promise<number> {
  asker.begin("Weighbridge: you step on the scale; your home knows.");
  const answers = await askAll({ asker, given, checks: options.test ? CHECKS : UNTESTED });
  const files = filesOf(answers, dirname(file));
  const there = existing(file, files);
  const mayReplace = options.force === true || there.length > 0;
  if (
    there.length > 0 &&
    options.force !== true &&
    !(await asker.confirm(`${there.join(", ")} is there already. Replace it?`, false))
  )
    throw thereAlready(there);
  writeFiles(file, files, mayReplace);
  const config = loadRunnableConfig({ file, env: {} });
  const secrets = files.secrets.map(({ path }) => `\n${path} (for this user alone)`);
  asker.say(`Written:\n${file}${secrets.join("")}`);
  const followed = await consented(config, answers, asker, { options, terminal });
  if (followed && (await asker.confirm("Wait for a weigh-in, to see that it arrives? Step on the scale then.")))
    await showLive(config, asker, terminal);
  asker.end(
    `Next: ${nextCommands(file, answers)
      .slice(followed ? -1 : 0)
      .join(" && ")}`,
  );
  return 0;
}

const untested = async (subject: Check["subject"]): Promise<Check> => ({ subject, ok: true, words: "not tried" });
const UNTESTED: Checks = {
  broker: () => untested("broker"),
  api: () => untested("api"),
  callback: () => untested("callback"),
};

/** Whether somebody's data can be read now. */
async function consented(
  config: Config,
  { generation }: Answers,
  asker: Asker,
  { options, terminal }: Around,
): Promise<boolean> {
  if (generation === "wbs") return true;
  if (!(await asker.confirm("Ask for the consent now? Each person does it once, in the browser."))) return false;
  let isAny = false;
  for (const { slug } of config.people) {
    const code = await authorize(config, { person: slug, isBrowserOpened: options.browser, isDemo: false }, terminal);
    isAny ||= code === 0;
  }
  return isAny;
}

async function showLive(config: Config, asker: Asker, { stopRequested }: Terminal): Promise<void> {
  const ending = new AbortController();
  void stopRequested.then(() => ending.abort());
  const apiOf = apisOf(config);
  const waits = config.people.map(async (person) => {
    const { api } = await apiOf(person);
    const found = await nextWeighIn({ api, clock: systemClock, signal: ending.signal });
    return found && { person, found };
  });
  const first = Promise.any(waits.map(async (wait) => (await wait) ?? Promise.reject(new Error("nobody came"))));
  asker.step(
    `Waiting for a weigh-in of ${config.people.map(({ name }) => name).join(" or ")} (Ctrl-C goes on without)`,
  );
  const seen = await first.catch(() => undefined);
  asker.say(
    seen
      ? `✓ ${seen.person.name}: ${seen.found.kilograms} kg at ${isoTime(seen.found.measuredAt)}. It works.`
      : "No weigh-in came. The bridge will take it when it does.",
  );
  ending.abort();
}
