import type { StatusPerson } from "../contract.ts";
import { request } from "./api.ts";
import { ChartPanel } from "./chart-panel.tsx";
import { type Surroundings, useHere } from "./context.ts";
import { measureName, measuresOf, newestOf, unitOf } from "./measures.ts";
import { WeighIns } from "./weigh-ins.tsx";

interface DetailInput {
  readonly person: StatusPerson;
  readonly hasCallback: boolean;
}

/** One person: the last weigh-in in words, history, newest values, weigh-ins, connection. */
export function PersonDetail({ person, hasCallback }: DetailInput) {
  const here = useHere();
  const { t, say } = here;
  const { slug, name } = person;
  const ask = (command: "sync" | "subscription", words: "sync.asked" | "subscription.checking") =>
    void request(command, { person: slug }).then(
      () => say(t(words, { name })),
      (error: Error) => say(t("page.failed", { reason: error.message })),
    );
  return (
    <>
      <div class="row">
        <h3 id="person-title">{name}</h3>
        <button type="button" onClick={() => ask("sync", "sync.asked")}>
          {t("sync.one")}
        </button>
      </div>
      <Summary person={person} />
      {measuresOf(person).length > 0 && <ChartPanel person={person} />}
      <Tiles person={person} />
      <WeighIns person={person} />
      <h4>{t("person.connection")}</h4>
      <Connection person={person} hasCallback={hasCallback} />
      {hasCallback && (
        <button type="button" onClick={() => ask("subscription", "subscription.checking")}>
          {t("subscription.check")}
        </button>
      )}
    </>
  );
}

function Summary({ person }: { readonly person: StatusPerson }) {
  const here = useHere();
  const { t, format, now } = here;
  const weight = newestOf(person, "weight");
  const at = person.state?.last_weigh_in ?? null;
  if (weight === null || at === null) return <p class="lead">{t("people.noWeighIn")}</p>;
  const date = new Date(at);
  return (
    <div class="summary">
      <p class="weight">{format.value(weight, person.weight_unit)}</p>
      <p>
        <time dateTime={at}>{`${format.day(date, now)} · ${format.ago(date, now)}`}</time>
        <br />
        {sentence(person, here)}
      </p>
    </div>
  );
}

/** `0.25 kg less than the last time, 4.25 kg above the target` */
function sentence({ state, weight_unit }: StatusPerson, { t, format }: Surroundings): string {
  const { change = null, to_target = null } = state ?? {};
  const size = (value: number) => ({ weight: format.value(Math.abs(value), weight_unit) });
  const parts: string[] = [];
  if (change === 0) parts.push(t("person.same"));
  else if (change !== null) parts.push(t(change > 0 ? "person.more" : "person.less", size(change)));
  if (to_target === 0) parts.push(t("person.atTarget"));
  else if (to_target !== null) parts.push(t(to_target > 0 ? "person.above" : "person.below", size(to_target)));
  return parts.join(", ");
}

/** Newest values beside the weight. */
function Tiles({ person }: { readonly person: StatusPerson }) {
  const { t, language, format } = useHere();
  const { state, weight_unit } = person;
  const derived = [
    ["trend", t("person.trend"), state?.trend ?? null, weight_unit],
    ["target", t("person.target"), state?.target ?? null, weight_unit],
    ["bmi", t("person.bmi"), state?.bmi ?? null, ""],
  ] as const;
  const measured = measuresOf(person)
    .filter((id) => id !== "weight" && id !== "height")
    .map((id) => [id, measureName(language, id), newestOf(person, id), unitOf(person, id)] as const);
  const shown = [...derived, ...measured].flatMap(([id, label, value, unit]) =>
    value === null ? [] : [{ id, label, text: format.value(value, unit) }],
  );
  if (shown.length === 0) return null;
  return (
    <dl class="tiles">
      {shown.map(({ id, label, text }) => (
        <div key={id}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function Connection({ person: { status, subscription }, hasCallback }: DetailInput) {
  const { t, format, now } = useHere();
  const poll = (at: string | null) => {
    if (at === null) return t("person.never");
    return format.ago(new Date(at), now);
  };
  const { expires_at, checked_at } = subscription;
  const standing =
    subscription.status === "active" && expires_at !== null
      ? t("person.subscription.until", { time: format.date(new Date(expires_at)) })
      : t(`person.subscription.${subscription.status === "none" && hasCallback ? "pending" : subscription.status}`);
  const checked =
    checked_at === null
      ? ""
      : ` · ${t("person.subscription.checked", { time: format.ago(new Date(checked_at), now) })}`;
  return (
    <dl class="pairs">
      <dt>{t("person.subscription")}</dt>
      <dd>
        {standing}
        <span class="quiet">{checked}</span>
      </dd>
      <dt>{t("person.lastPoll")}</dt>
      <dd>{poll(status.last_poll)}</dd>
      <dt>{t("person.nextPoll")}</dt>
      <dd>{poll(status.next_poll)}</dd>
    </dl>
  );
}
