import { useHere } from "./context.ts";
import { kept } from "./kept.ts";
import { isLanguage, LANGUAGES, type Language } from "./words.ts";

/** Name, whether the page follows live, and the language. */
export function Header({ choose }: { choose(language: Language): void }) {
  const { live, language, t, say } = useHere();
  const { phase, isLive } = live.known;
  return (
    <header>
      <a class="skip" href="#people">
        {t("page.skip")}
      </a>
      <img src="icon.svg" alt="" width="36" height="36" />
      <h1>Weighbridge</h1>
      {phase === "ready" && (
        <span class={isLive ? "chip good" : "chip bad"}>{t(isLive ? "page.live" : "page.reconnecting")}</span>
      )}
      {phase === "ready" && kept("signed-in") !== null && (
        <button
          type="button"
          class="sign-out"
          onClick={() => void live.logout().catch((error: Error) => say(t("page.failed", { reason: error.message })))}
        >
          {t("login.out")}
        </button>
      )}
      <label class="language">
        <span class="hidden">{t("page.language")}</span>
        <select
          value={language}
          onChange={({ currentTarget: { value } }) => {
            if (isLanguage(value)) choose(value);
          }}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}
