import { useEffect, useState } from "preact/hooks";
import type { ListedWeighIn, StatusPerson, WeighInsAnswer } from "../contract.ts";
import { get, personPath } from "./api.ts";
import { useHere } from "./context.ts";
import { LIMITS } from "./limits.ts";
import { sourceName } from "./measures.ts";

interface Listed {
  readonly rows: readonly ListedWeighIn[];
  readonly more: boolean;
}

const readPage = (slug: string, limit: number) => get<WeighInsAnswer>(personPath(slug, "weigh-ins", { limit }));

/** The newest weigh-ins of a person, read again when there is news of theirs. */
export function WeighIns({ person }: { readonly person: StatusPerson }) {
  const { t, say } = useHere();
  const { slug, state, held } = person;
  const [limit, setLimit] = useState<number>(LIMITS.weighInsShown);
  const [listed, setListed] = useState<Listed | null>(null);
  const news = `${state?.last_weigh_in} ${held} ${JSON.stringify(state?.measured_at)}`;
  // Read again when there is news.
  useEffect(() => {
    let isWanted = true;
    readPage(slug, limit).then(
      ({ weigh_ins, more }) => {
        if (isWanted) setListed({ rows: weigh_ins, more });
      },
      (error: Error) => say(t("page.failed", { reason: error.message })),
    );
    return () => {
      isWanted = false;
    };
  }, [slug, limit, news]);
  return (
    <>
      <h4 id="weigh-ins-title">{t("weighIns.title")}</h4>
      {listed?.rows.length === 0 && <p class="quiet">{t("weighIns.none")}</p>}
      {listed !== null && listed.rows.length > 0 && <WeighInTable rows={listed.rows} unit={person.weight_unit} />}
      {listed?.more === true && (
        <button type="button" onClick={() => setLimit(Math.min(LIMITS.weighInsMost, limit * 2))}>
          {t("page.more")}
        </button>
      )}
    </>
  );
}

function WeighInTable({ rows, unit }: { readonly rows: readonly ListedWeighIn[]; readonly unit: string }) {
  const { t, language, format, now } = useHere();
  const hasFat = rows.some(({ values }) => values["fat_ratio"] !== undefined);
  return (
    <section class="scroll" tabIndex={0} aria-labelledby="weigh-ins-title">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("weighIns.time")}</th>
            <th scope="col" class="number">
              {t("weighIns.weight")}
            </th>
            {hasFat && (
              <th scope="col" class="number">
                {t("weighIns.fat")}
              </th>
            )}
            <th scope="col">{t("weighIns.source")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ weigh_in, measured_at, weight, values, attribution, verdict, held }) => (
            <tr key={weigh_in}>
              <td>{format.day(new Date(measured_at), now)}</td>
              <td class="number">{format.value(weight, unit)}</td>
              {hasFat && (
                <td class="number">
                  {values["fat_ratio"] === undefined ? "" : format.value(values["fat_ratio"], "%")}
                </td>
              )}
              <td>
                {sourceName(language, attribution)}{" "}
                {verdict !== null && <span class="chip">{t(`weighIns.${verdict}`)}</span>}
                {held && <span class="chip busy">{t("weighIns.held")}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
