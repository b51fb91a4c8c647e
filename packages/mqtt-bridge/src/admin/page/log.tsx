import { useEffect, useState } from "preact/hooks";
import type { EntryKind, LogLevelAnswer, RecentEntry, StatusAnswer, StatusPerson } from "../contract.ts";
import { get, put } from "./api.ts";
import { type Surroundings, useHere } from "./context.ts";
import { LIMITS } from "./limits.ts";
import { knownText, problemText } from "./words.ts";

const KINDS = ["event", "callback", "problem", "log"] as const satisfies readonly EntryKind[];
const LEVELS = ["debug", "info", "warn", "error"] as const;

interface LogInput {
  readonly entries: readonly RecentEntry[];
  readonly people: readonly StatusPerson[];
  readonly status: StatusAnswer;
}

/** The newest events, callbacks, problems and log lines, as they come. */
export function Log({ entries, people, status }: LogInput) {
  const { t, format, now } = useHere();
  const [kind, setKind] = useState<EntryKind | "all">("all");
  const [shown, setShown] = useState<number>(LIMITS.entriesShown);
  const found = kind === "all" ? entries : entries.filter((entry) => entry.kind === kind);
  const names = new Map(people.map((person) => [person.slug, person]));
  const [newest] = entries;
  return (
    <section class="card log" aria-labelledby="log-title">
      <div class="row">
        <h2 id="log-title">{t("log.title")}</h2>
        <label>
          {t("log.show")}{" "}
          <select value={kind} onChange={({ currentTarget: { value } }) => setKind(value as typeof kind)}>
            <option value="all">{t("log.all")}</option>
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {t(`log.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="hidden" aria-live="polite">
        {newest?.kind === "event" || newest?.kind === "problem" ? <EntryLine entry={newest} names={names} /> : ""}
      </p>
      {found.length === 0 && <p class="quiet">{t("log.none")}</p>}
      <ol>
        {found.slice(0, shown).map((entry) => (
          <Row key={entry.id} entry={entry} names={names} />
        ))}
      </ol>
      {found.length > shown && (
        <button type="button" onClick={() => setShown(shown + LIMITS.entries)}>
          {t("page.more")}
        </button>
      )}
      <footer>
        <p class="quiet">
          {t("footer.version", { version: status.version })} ·{" "}
          {t("footer.since", { time: format.day(new Date(status.started_at), now) })}
        </p>
        <LevelSwitch />
      </footer>
    </section>
  );
}

type Names = ReadonlyMap<string, StatusPerson>;

/** The page's words for what it knows; undefined where those of the bridge serve better. */
function wordsOf({ kind, code, data }: RecentEntry, { language, format }: Surroundings): string | undefined {
  if (kind === "problem") return problemText(language, code);
  const { weight, unit } = data ?? {};
  const values = typeof weight === "number" ? { weight: format.value(weight, String(unit)) } : {};
  const known = knownText(language, `entry.${kind}.${code}`, values);
  // A value that is missing stays in braces.
  return known?.includes("{") === true ? undefined : known;
}

function EntryLine({ entry, names }: { readonly entry: RecentEntry; readonly names: Names }) {
  const here = useHere();
  const who = entry.person === null ? undefined : (names.get(entry.person)?.name ?? entry.person);
  const known = wordsOf(entry, here);
  return (
    <>
      {who !== undefined && <strong>{who} </strong>}
      <span lang={known === undefined ? "en" : here.language}>{known ?? entry.words}</span>
    </>
  );
}

function Row({ entry, names }: { readonly entry: RecentEntry; readonly names: Names }) {
  const { t, format, now } = useHere();
  const { kind, at, code, data } = entry;
  return (
    <li class={kind}>
      <time dateTime={at}>{format.moment(new Date(at), now)}</time>
      <span class="chip">{t(`log.kind.${kind}`)}</span>
      <div class="words">
        <EntryLine entry={entry} names={names} /> <code>{code}</code>
        {data !== undefined && Object.keys(data).length > 0 && (
          <details>
            <summary>{t("log.details")}</summary>
            <pre tabIndex={0}>{JSON.stringify(data, null, 2)}</pre>
          </details>
        )}
      </div>
    </li>
  );
}

function LevelSwitch() {
  const { t, say } = useHere();
  const [level, setLevel] = useState<LogLevelAnswer["level"] | null>(null);
  useEffect(() => {
    // A program that started the bridge as a library has a log of its own, without a switch.
    get<LogLevelAnswer>("api/log-level").then(
      (answer) => setLevel(answer.level),
      () => {},
    );
  }, []);
  const choose = (wanted: string) =>
    put<LogLevelAnswer>("api/log-level", { level: wanted }).then(
      (answer) => {
        setLevel(answer.level);
        say(t("log.levelSet", { level: answer.level }));
      },
      (error: Error) => say(t("page.failed", { reason: error.message })),
    );
  if (level === null) return null;
  return (
    <label>
      {t("log.level")}{" "}
      <select value={level} onChange={({ currentTarget: { value } }) => void choose(value)}>
        {LEVELS.map((one) => (
          <option key={one} value={one}>
            {t(`log.level.${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
