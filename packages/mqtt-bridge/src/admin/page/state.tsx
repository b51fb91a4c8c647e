import type { StatusAnswer } from "../contract.ts";
import { request } from "./api.ts";
import { useHere } from "./context.ts";
import { LIMITS } from "./limits.ts";
import { AWAY, type ProblemGroup, problemGroups } from "./problems.ts";
import { problemText } from "./words.ts";

/** The first thing on the page: all is well, or what is wrong and what to do. */
export function State({ status }: { readonly status: StatusAnswer }) {
  const { t, n, say } = useHere();
  const { people } = status;
  const problems = problemGroups(status, {
    message: t("state.broker.problem"),
    remedy: t("state.broker.remedy"),
  });
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

function ProblemRow({ group }: { readonly group: ProblemGroup }) {
  const { t, language, format, now } = useHere();
  const { names, remedies, part, code, message, since } = group;
  const remedy = remedies.slice(0, LIMITS.namesShown).join(" ");
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
          <p lang={code === AWAY ? language : "en"}>{message}</p>
          <p class="remedy" lang={code === AWAY ? language : "en"}>
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
