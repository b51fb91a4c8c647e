import type { StatusAnswer, StatusProblem } from "../contract.ts";
import { request } from "./api.ts";
import { useHere } from "./context.ts";
import { LIMITS } from "./limits.ts";
import { problemText } from "./words.ts";

/** The first thing on the page: all is well, or what is wrong and what to do. */
export function State({ status }: { readonly status: StatusAnswer }) {
  const { t, n, say } = useHere();
  const { people } = status;
  const problems = groupsOf(problemsOf(status, t));
  const held = people.reduce((sum, person) => sum + person.held, 0);
  const count = n("people.count", people.length);
  const followed = held > 0 ? count : t("state.well.some", { people: count });
  const isWell = problems.length === 0;
  const syncAll = () =>
    request("sync", {}).then(
      () => say(t("sync.askedAll")),
      (error: Error) => say(t("page.failed", { reason: error.message })),
    );
  return (
    <section class={`card state ${isWell ? "well" : "unwell"}`} aria-labelledby="state-title">
      <div class="row">
        <h2 id="state-title">{isWell ? t("state.well") : n("state.problems", problems.length)}</h2>
        <button type="button" onClick={() => void syncAll()}>
          {t("sync.all")}
        </button>
      </div>
      {isWell && <p class="lead">{people.length === 0 ? t("state.nobody") : followed}</p>}
      {problems.length > 0 && (
        <ul class="problems">
          {problems.map((group) => (
            <ProblemRow key={`${group.part}/${group.code}/${group.names[0] ?? ""}`} group={group} />
          ))}
        </ul>
      )}
      {held > 0 && (
        <p>
          <a href="#held">{n("state.held", held)}</a>
        </p>
      )}
      <Facts status={status} />
    </section>
  );
}

function Facts({ status: { broker, has_callback, info } }: { readonly status: StatusAnswer }) {
  const { t, n, format, now } = useHere();
  const { owed, parked } = info.waiting;
  const last = info.last_notification;
  return (
    <ul class="facts">
      <li class={broker === "online" ? "good" : "bad"}>
        {t(broker === "online" ? "state.broker.online" : "state.broker.offline")}
      </li>
      <li class="good">{t(has_callback ? "state.callback" : "state.polls")}</li>
      <li class={owed > 0 ? "busy" : "good"}>{owed > 0 ? n("state.waiting", owed) : t("state.waiting.none")}</li>
      {parked > 0 && <li class="bad">{n("state.parked", parked)}</li>}
      {last !== null && <li>{t("state.lastNotification", { time: format.ago(new Date(last), now) })}</li>}
    </ul>
  );
}

interface ProblemGroup extends StatusProblem {
  /** Of everybody who has it. */
  readonly names: readonly string[];
}

/** The problems of the status; a broker that is away is one, whether or not the bridge lists it. */
function problemsOf(status: StatusAnswer, t: ReturnType<typeof useHere>["t"]) {
  const { problems, broker, people } = status;
  const names = new Map(people.map(({ slug, name }) => [slug, name]));
  const isListed = broker === "online" || problems.some(({ code }) => code.startsWith("broker"));
  const away: StatusProblem = {
    ...{ person: null, part: "bridge", code: "broker_offline" },
    ...{ message: t("state.broker.problem"), remedy: t("state.broker.remedy") },
  };
  return [...(isListed ? [] : [away]), ...problems].map((problem) => ({
    ...problem,
    name: problem.person === null ? undefined : (names.get(problem.person) ?? problem.person),
  }));
}

/** One row for many people with the same problem: an outage of the service is one thing, not a thousand. */
function groupsOf(problems: readonly (StatusProblem & { readonly name: string | undefined })[]): ProblemGroup[] {
  const groups = new Map<string, ProblemGroup>();
  for (const { name, ...problem } of problems) {
    const key = problem.person === null ? JSON.stringify(problem) : `${problem.part}/${problem.code}/${problem.remedy}`;
    const group = groups.get(key) ?? { ...problem, names: [] };
    groups.set(key, { ...group, names: name === undefined ? group.names : [...group.names, name] });
  }
  return [...groups.values()];
}

function ProblemRow({ group }: { readonly group: ProblemGroup }) {
  const { t, language, format, now } = useHere();
  const { names, part, code, message, remedy, since } = group;
  const words = problemText(language, code);
  const first = names.slice(0, LIMITS.namesShown).join(", ");
  const left = names.length - LIMITS.namesShown;
  const who = left > 0 ? t("people.andMore", { names: first, n: format.number(left) }) : first;
  return (
    <li>
      <h3>
        {who === "" ? t(`part.${part}`) : `${who} · ${t(`part.${part}`)}`} <code>{code}</code>
      </h3>
      {words === undefined ? (
        <>
          <p lang={code === "broker_offline" ? language : "en"}>{message}</p>
          <p class="remedy" lang={code === "broker_offline" ? language : "en"}>
            {remedy}
          </p>
        </>
      ) : (
        <>
          <p class="remedy">{words}</p>
          <details>
            <summary>{t("state.original")}</summary>
            <p lang="en">
              {message} {remedy}
            </p>
          </details>
        </>
      )}
      {since !== undefined && <p class="quiet">{t("state.since", { time: format.day(new Date(since), now) })}</p>}
    </li>
  );
}
