import { useState } from "preact/hooks";
import type { HeldWeighIn } from "../contract.ts";
import { request } from "./api.ts";
import { useHere } from "./context.ts";
import { LIMITS } from "./limits.ts";

/** Weigh-ins that may be somebody else's, with the decision. */
export function Held({ held }: { readonly held: readonly HeldWeighIn[] }) {
  const { t } = useHere();
  const [shown, setShown] = useState<number>(LIMITS.heldShown);
  return (
    <section class="card held" id="held" aria-labelledby="held-title">
      <h2 id="held-title" tabIndex={-1}>
        {t("held.title")}
      </h2>
      <p class="quiet">{t("held.hint")}</p>
      <ul>
        {held.slice(0, shown).map((one) => (
          <HeldRow key={`${one.person}/${one.weigh_in}`} one={one} />
        ))}
      </ul>
      {held.length > shown && (
        <button type="button" onClick={() => setShown(shown + LIMITS.heldShown)}>
          {t("page.more")}
        </button>
      )}
    </section>
  );
}

function HeldRow({ one }: { readonly one: HeldWeighIn }) {
  const { t, live, format, now, say } = useHere();
  const [isAsking, setIsAsking] = useState(false);
  const { person, name, weigh_in, measured_at, weight, unit } = one;
  const words = format.value(weight, unit);
  const decide = async (command: "claim" | "refuse") => {
    setIsAsking(true);
    try {
      await request(command, { person, weigh_in });
      say(t(command === "claim" ? "held.claimed" : "held.refused", { weight: words, name }));
      focusNext();
      live.refresh();
    } catch (error) {
      say(t("page.failed", { reason: (error as Error).message }));
    } finally {
      setIsAsking(false);
    }
  };
  return (
    <li>
      <p class="weight">{words}</p>
      <div class="about">
        <h3>{t("held.for", { name })}</h3>
        <p class="quiet">{format.day(new Date(measured_at), now)}</p>
        <Others one={one} />
      </div>
      <div class="buttons">
        <button type="button" class="primary" disabled={isAsking} onClick={() => void decide("claim")}>
          {t("held.claim", { name })}
        </button>
        <button type="button" disabled={isAsking} onClick={() => void decide("refuse")}>
          {t("held.refuse", { name })}
        </button>
      </div>
    </li>
  );
}

/** The last weights of other people, which suggest whose it may be. */
function Others({ one: { others, unit } }: { readonly one: HeldWeighIn }) {
  const { t, n, format } = useHere();
  if (others.length === 0) return null;
  const left = others.length - LIMITS.namesShown;
  const words = others
    .slice(0, LIMITS.namesShown)
    .map(({ name, last_weight }) =>
      last_weight === null
        ? t("held.noLast", { name })
        : t("held.last", { name, weight: format.value(last_weight, unit) }),
    );
  return <p>{[...words, ...(left > 0 ? [n("held.more", left)] : [])].join(" · ")}</p>;
}

/** The button that had the focus goes away with its row: the heading of what is left takes it. */
function focusNext(): void {
  const next = document.getElementById("held-title") ?? document.getElementById("people-title");
  next?.focus();
}
