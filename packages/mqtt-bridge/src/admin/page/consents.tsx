import { useRef, useState } from "preact/hooks";
import type { ConsentAnswer, ConsentLinkAnswer, StatusAnswer } from "../contract.ts";
import { ApiError, post } from "./api.ts";
import { type Surroundings, useHere } from "./context.ts";
import { LIMITS } from "./limits.ts";
import { knownText, problemText } from "./words.ts";

type Missing = StatusAnswer["consents"][number];

/** People whose consent is missing or has ended: each can be given from here, in any browser. */
export function Consents({ missing }: { readonly missing: readonly Missing[] }) {
  const { t } = useHere();
  const [shown, setShown] = useState<number>(LIMITS.consentsShown);
  return (
    <section class="card consents" id="consents" aria-labelledby="consents-title">
      <h2 id="consents-title" tabIndex={-1}>
        {t("consent.title")}
      </h2>
      <p class="quiet">{t("consent.hint")}</p>
      <ul>
        {missing.slice(0, shown).map((one) => (
          <ConsentRow key={one.person} one={one} />
        ))}
      </ul>
      {missing.length > shown && (
        <button type="button" onClick={() => setShown(shown + LIMITS.consentsShown)}>
          {t("page.more")}
        </button>
      )}
    </section>
  );
}

function ConsentRow({ one: { person, name } }: { readonly one: Missing }) {
  const here = useHere();
  const { t, live, say } = here;
  const [begun, setBegun] = useState<ConsentLinkAnswer | null>(null);
  const [isDone, setIsDone] = useState(false);
  const [failure, setFailure] = useState("");
  const [isAsking, setIsAsking] = useState(false);
  const path = `api/people/${encodeURIComponent(person)}/consent`;
  const attempt = async (work: () => Promise<void>) => {
    setIsAsking(true);
    try {
      await work();
    } catch (error) {
      setFailure(failureWords(here, error as Error));
    } finally {
      setIsAsking(false);
    }
  };
  const begin = () =>
    attempt(async () => {
      setBegun(await post<ConsentLinkAnswer>(path, {}));
      setFailure("");
    });
  const take = (address: string) =>
    attempt(async () => {
      const answer = await post<ConsentAnswer>(path, { address });
      if (answer.outcome === "authorized") {
        setIsDone(true);
        say(t("consent.done", { name }));
        document.getElementById("consents-title")?.focus();
        live.refresh();
        return;
      }
      setFailure(outcomeWords(here, answer, { name, url: begun?.redirect_url ?? "" }));
      if (answer.first_open === null) setBegun(await post<ConsentLinkAnswer>(path, {}));
      else if (begun !== null) setBegun({ ...begun, link: answer.first_open });
    });
  return (
    <li class="consent">
      <h3>{name}</h3>
      {isDone && <p class="quiet">{t("consent.done", { name })}</p>}
      {!isDone && begun === null && (
        <div class="buttons">
          <button type="button" class="primary" disabled={isAsking} onClick={() => void begin()}>
            {t("consent.authorize", { name })}
          </button>
        </div>
      )}
      {!isDone && begun !== null && <Steps name={name} begun={begun} isAsking={isAsking} take={take} />}
      <p class="failure" role="alert">
        {isDone ? "" : failure}
      </p>
    </li>
  );
}

interface StepsInput {
  readonly name: string;
  readonly begun: ConsentLinkAnswer;
  readonly isAsking: boolean;
  take(address: string): Promise<void>;
}

/** The address comes back by hand: it leads to the machine of the browser, which is not that of the bridge. */
function Steps({ name, begun: { link, redirect_url: url }, isAsking, take }: StepsInput) {
  const { t } = useHere();
  const field = useRef<HTMLInputElement>(null);
  const id = `address-${name}`;
  const submit = async () => {
    const given = field.current?.value ?? "";
    if (field.current) field.current.value = "";
    await take(given);
  };
  return (
    <ol class="steps">
      <li>
        <a class="button primary" href={link} target="_blank" rel="noopener noreferrer">
          {t("consent.open")}
        </a>
        <p class="quiet">{t("consent.open.hint", { name })}</p>
      </li>
      <li>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <label for={id}>{t("consent.address")}</label>
          <input
            ref={field}
            id={id}
            type="text"
            required
            autocomplete="off"
            spellcheck={false}
            aria-describedby={`${id}-hint`}
          />
          <p id={`${id}-hint`} class="quiet">
            {t("consent.address.hint", { url })}
          </p>
          <button type="submit" disabled={isAsking}>
            {t("consent.submit")}
          </button>
        </form>
      </li>
    </ol>
  );
}

function failureWords({ t, language }: Surroundings, error: Error): string {
  const known = error instanceof ApiError ? problemText(language, error.code) : undefined;
  const remedy = error instanceof ApiError ? ` ${error.remedy}` : "";
  return known ?? t("page.failed", { reason: `${error.message}.${remedy}` });
}

function outcomeWords(
  { t, language }: Surroundings,
  { outcome, problem, userid, other }: ConsentAnswer,
  { name, url }: { readonly name: string; readonly url: string },
): string {
  if (problem !== null)
    return problemText(language, problem.code) ?? t("page.failed", { reason: `${problem.message}. ${problem.remedy}` });
  const values = { name, url, userid: userid ?? "", other: other ?? "" };
  return knownText(language, `consent.outcome.${outcome}`, values) ?? t("page.failed", { reason: outcome });
}
