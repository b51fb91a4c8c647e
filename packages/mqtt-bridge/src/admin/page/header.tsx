import { useHere } from "./context.ts";
import { isLanguage, LANGUAGES, type Language } from "./words.ts";

/** Name, whether the page follows live, and the language. */
export function Header({ choose }: { choose(language: Language): void }) {
  const { live, language, t } = useHere();
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
