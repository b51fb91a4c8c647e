import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { StatusPerson } from "../contract.ts";
import { useHere, useMedia } from "./context.ts";
import { LIMITS } from "./limits.ts";
import { newestOf } from "./measures.ts";
import { PersonDetail } from "./person-detail.tsx";

/** Beside the list there is room for the chosen person; on a narrow screen they come in a dialog. */
const WIDE = "(min-width: 60rem)";

/** Everybody, and the chosen one. */
export function People({
  people,
  hasCallback,
}: {
  readonly people: readonly StatusPerson[];
  readonly hasCallback: boolean;
}) {
  const { t } = useHere();
  const isWide = useMedia(WIDE);
  const [chosen, choose] = useState<string | null>(null);
  const person = people.find(({ slug }) => slug === chosen) ?? (isWide ? people[0] : undefined);
  if (people.length === 0) return null;
  return (
    <section class="people" id="people" aria-labelledby="people-title">
      <h2 id="people-title" tabIndex={-1}>
        {t("people.title")}
      </h2>
      <div class="columns">
        <PeopleList people={people} current={person?.slug} choose={choose} isWide={isWide} />
        {person !== undefined && isWide && (
          <section class="card detail" aria-labelledby="person-title">
            <PersonDetail key={person.slug} person={person} hasCallback={hasCallback} />
          </section>
        )}
      </div>
      {person !== undefined && !isWide && (
        <PersonDialog close={() => choose(null)}>
          <PersonDetail key={person.slug} person={person} hasCallback={hasCallback} />
        </PersonDialog>
      )}
    </section>
  );
}

interface DialogInput {
  close(): void;
  readonly children: ComponentChildren;
}

/** The browser keeps the focus inside, closes it by Escape, and gives the focus back. */
function PersonDialog({ close, children }: DialogInput) {
  const { t } = useHere();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} class="detail" aria-labelledby="person-title" onClose={close}>
      <button type="button" class="close" onClick={close}>
        {t("page.close")}
      </button>
      {children}
    </dialog>
  );
}

interface ListInput {
  readonly people: readonly StatusPerson[];
  readonly current: string | undefined;
  choose(slug: string): void;
  /** The list scrolls by itself, and grows when its end comes into sight. */
  readonly isWide: boolean;
}

const normal = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** A large household is searched, and shown bit by bit. */
function PeopleList({ people, current, choose, isWide }: ListInput) {
  const { t, n } = useHere();
  const [wanted, setWanted] = useState("");
  const [shown, setShown] = useState<number>(LIMITS.peopleShown);
  const text = normal(wanted.trim());
  const found = text === "" ? people : people.filter(({ name, slug }) => normal(`${name} ${slug}`).includes(text));
  const search = (typed: string) => {
    setWanted(typed);
    setShown(LIMITS.peopleShown);
  };
  const more = () => setShown(shown + LIMITS.peopleShown);
  return (
    <div class="list">
      {people.length > LIMITS.peopleUnsearched && (
        <search class="search">
          <label for="search">{t("people.search")}</label>
          <input
            id="search"
            type="search"
            autocomplete="off"
            value={wanted}
            onInput={({ currentTarget }) => search(currentTarget.value)}
          />
          <p class="quiet" role="status">
            {found.length === 0
              ? t("people.none", { text: wanted.trim() })
              : n(text === "" ? "people.count" : "people.found", found.length)}
          </p>
        </search>
      )}
      <div class="scroller">
        <ul>
          {found.slice(0, shown).map((person) => (
            <li key={person.slug}>
              <PersonRow person={person} isCurrent={person.slug === current} choose={choose} />
            </li>
          ))}
        </ul>
        {found.length > shown && <More show={more} isByItself={isWide} />}
      </div>
    </div>
  );
}

interface MoreInput {
  show(): void;
  /** When it comes into sight. */
  readonly isByItself: boolean;
}

function More({ show, isByItself }: MoreInput) {
  const { t } = useHere();
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(show);
  latest.current = show;
  useEffect(() => {
    const element = button.current;
    if (element === null || !isByItself) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) latest.current();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isByItself]);
  return (
    <button type="button" ref={button} onClick={show}>
      {t("page.more")}
    </button>
  );
}

interface RowInput {
  readonly person: StatusPerson;
  readonly isCurrent: boolean;
  choose(slug: string): void;
}

function PersonRow({ person, isCurrent, choose }: RowInput) {
  const { t, format, now } = useHere();
  const { slug, name, weight_unit, state, status, subscription, held } = person;
  const weight = newestOf(person, "weight");
  const at = state?.last_weigh_in ?? status.last_weigh_in;
  const hasProblem = status.problem !== null || subscription.status === "failed";
  return (
    <button type="button" class="person" aria-current={isCurrent ? "true" : undefined} onClick={() => choose(slug)}>
      <span class="who">
        <strong>{name}</strong>
        <span class="quiet">{at === null ? t("people.noWeighIn") : format.day(new Date(at), now)}</span>
      </span>
      <span class="tags">
        {hasProblem && <span class="chip bad">{t("people.problem")}</span>}
        {held > 0 && <span class="chip busy">{t("people.held", { n: held })}</span>}
      </span>
      <span class="figures">
        {weight !== null && <strong>{format.value(weight, weight_unit)}</strong>}
        {typeof state?.change === "number" && state.change !== 0 && (
          <span class="quiet">{format.change(state.change, weight_unit)}</span>
        )}
      </span>
    </button>
  );
}
