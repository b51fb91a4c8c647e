import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Consents } from "./consents.tsx";
import { Here, type Surroundings, wordsIn } from "./context.ts";
import { Format } from "./format.ts";
import { Header } from "./header.tsx";
import { Held } from "./held.tsx";
import { keep, kept } from "./kept.ts";
import { LIMITS } from "./limits.ts";
import type { Live } from "./live.ts";
import { Log } from "./log.tsx";
import { Login } from "./login.tsx";
import { People } from "./people.tsx";
import { State } from "./state.tsx";
import { isLanguage, type Language, languageOf, loadWords } from "./words.ts";

export function keptLanguage(): Language {
  const language = kept("language");
  return isLanguage(language) ? language : languageOf(navigator.languages);
}

/** Makes the page anew when the bridge has news, and twice a minute for the times. */
function useNews(live: Live): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const tick = () => setNow(new Date());
    const timer = setInterval(tick, LIMITS.tickMs);
    const deaf = live.listen(tick);
    return () => {
      clearInterval(timer);
      deaf();
    };
  }, [live]);
  return now;
}

export function App({ live }: { readonly live: Live }) {
  const [language, setLanguage] = useState(keptLanguage);
  const [notice, setNotice] = useState("");
  const timer = useRef(0);
  const now = useNews(live);
  const format = useMemo(() => new Format(language, navigator.languages), [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  useEffect(() => {
    const count = live.known.status?.problems.length ?? 0;
    document.title = count === 0 ? "Weighbridge" : `(${format.number(count)}) Weighbridge`;
  });

  const say = (text: string) => {
    clearTimeout(timer.current);
    setNotice(text);
    timer.current = setTimeout(() => setNotice(""), LIMITS.noticeMs);
  };
  const choose = async (chosen: Language) => {
    await loadWords(chosen);
    keep("language", chosen);
    setLanguage(chosen);
  };
  const here: Surroundings = { live, language, format, now, say, ...wordsIn(language) };
  return (
    <Here.Provider value={here}>
      <Header choose={(chosen) => void choose(chosen)} />
      <Content />
      <p class={notice === "" ? "notice quiet" : "notice"} role="status">
        {notice}
      </p>
    </Here.Provider>
  );
}

function Content() {
  return (
    <Here.Consumer>
      {(here) => {
        if (here === null) return null;
        const { phase, status, held, entries } = here.live.known;
        if (phase === "login") return <Login />;
        if (status === null) return <Waiting isUnreachable={phase === "unreachable"} here={here} />;
        return (
          <main>
            <State status={status} />
            {status.consents.length > 0 && <Consents missing={status.consents} />}
            {held.length > 0 && <Held held={held} />}
            <People people={status.people} hasCallback={status.has_callback} />
            <Log entries={entries} people={status.people} status={status} />
          </main>
        );
      }}
    </Here.Consumer>
  );
}

function Waiting({ isUnreachable, here }: { readonly isUnreachable: boolean; readonly here: Surroundings }) {
  if (!isUnreachable)
    return (
      <main class="waiting">
        <p role="status">{here.t("page.loading")}</p>
      </main>
    );
  return (
    <main class="waiting">
      <section class="card" role="alert">
        <h2>{here.t("page.unreachable")}</h2>
        <p>{here.t("page.unreachable.remedy")}</p>
      </section>
    </main>
  );
}
