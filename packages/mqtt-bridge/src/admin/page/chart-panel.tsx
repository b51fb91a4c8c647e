import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SeriesAnswer, StatusPerson } from "../contract.ts";
import { get, personPath } from "./api.ts";
import { useHere, useMedia } from "./context.ts";
import { LIMITS } from "./limits.ts";
import { measureName, measuresOf, newestOf } from "./measures.ts";
import { moved, type Range, rangeAround, rangeOf, SPANS, type Span, zoomed } from "./spans.ts";

const SPAN_NAMES = Object.keys(SPANS) as Span[];

/** A part of the history, chosen by a span or by zooming. */
interface View {
  readonly span: Span;
  /** Null shows the whole span. */
  readonly zoom: Range | null;
}

const nowS = () => Math.ceil(Date.now() / 1000);

/** The month, unless nothing is in it. */
function firstSpan({ state }: StatusPerson): Span {
  const at = state?.last_weigh_in ?? null;
  return at === null || nowS() - Date.parse(at) / 1000 > (SPANS.month ?? 0) ? "all" : "month";
}

/** The history of one measure, as a chart, in words and as a table. */
export function ChartPanel({ person }: { readonly person: StatusPerson }) {
  const { t } = useHere();
  const [measure, setMeasure] = useState("weight");
  const [view, setView] = useState<View>(() => ({ span: firstSpan(person), zoom: null }));
  const series = useSeries(person, measure, view);
  // The same until other values come: a chart that is drawn again forgets the pointer.
  const range = useMemo(
    () => view.zoom ?? rangeOf(view.span, nowS()) ?? rangeAround(series?.points ?? [], nowS()),
    [view, series],
  );
  const zoomTo = (zoom: Range | null) => setView({ span: view.span, zoom });
  return (
    <figure
      class="history"
      aria-labelledby="chart-title"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || view.zoom === null) return;
        // In a dialog, Escape would close it.
        event.preventDefault();
        zoomTo(null);
      }}
    >
      <h4 id="chart-title">{t("chart.title")}</h4>
      <div class="row controls">
        <MeasureChoice person={person} measure={measure} choose={setMeasure} />
        <SpanChoice view={view} choose={(span) => setView({ span, zoom: null })} />
        <ZoomButtons range={range} zoomTo={zoomTo} />
      </div>
      {series === null ? (
        <p class="quiet plot-space">{t("chart.loading")}</p>
      ) : series.points.length === 0 ? (
        <p class="quiet plot-space">{t("chart.empty")}</p>
      ) : (
        <Plot series={series} range={range} person={person} zoomTo={zoomTo} />
      )}
    </figure>
  );
}

/** Read again when another part is chosen, and when the measure has a newer value. */
function useSeries(person: StatusPerson, measure: string, { span, zoom }: View): SeriesAnswer | null {
  const { t, say } = useHere();
  const [series, setSeries] = useState<SeriesAnswer | null>(null);
  const { slug, state, held } = person;
  const news = `${state?.measured_at[measure]} ${newestOf(person, measure)} ${held}`;
  const { from, to } = zoom ?? rangeOf(span, nowS()) ?? {};
  // The range of a span moves with time, which alone is no reason to read.
  useEffect(() => {
    const abort = new AbortController();
    const query = {
      measure,
      from: from === undefined ? undefined : Math.floor(from),
      // A span ends now: a weigh-in of the next second belongs to it.
      to: zoom === null || to === undefined ? undefined : Math.ceil(to),
      points: LIMITS.points,
    };
    get<SeriesAnswer>(personPath(slug, "series", query), abort.signal).then(setSeries, (error: Error) => {
      if (!abort.signal.aborted) say(t("page.failed", { reason: error.message }));
    });
    return () => abort.abort();
  }, [slug, measure, span, zoom, news]);
  return series;
}

interface MeasureInput {
  readonly person: StatusPerson;
  readonly measure: string;
  choose(measure: string): void;
}

function MeasureChoice({ person, measure, choose }: MeasureInput) {
  const { t, language } = useHere();
  const measures = [...new Set(["weight", ...measuresOf(person)])];
  return (
    <label>
      <span class="hidden">{t("chart.measure")}</span>
      <select value={measure} onChange={({ currentTarget: { value } }) => choose(value)}>
        {measures.map((id) => (
          <option key={id} value={id}>
            {measureName(language, id)}
          </option>
        ))}
      </select>
    </label>
  );
}

function SpanChoice({ view, choose }: { readonly view: View; choose(span: Span): void }) {
  const { t } = useHere();
  return (
    <fieldset class="segments">
      <legend class="hidden">{t("chart.span")}</legend>
      {SPAN_NAMES.map((span) => (
        <button
          key={span}
          type="button"
          aria-pressed={view.zoom === null && view.span === span}
          onClick={() => choose(span)}
        >
          {t(`chart.${span}`)}
        </button>
      ))}
    </fieldset>
  );
}

function ZoomButtons({ range, zoomTo }: { readonly range: Range; zoomTo(range: Range): void }) {
  const { t } = useHere();
  const buttons = [
    ["chart.earlier", "‹", () => moved(range, -1)],
    ["chart.later", "›", () => moved(range, 1)],
    ["chart.zoomIn", "+", () => zoomed(range, 0.5)],
    ["chart.zoomOut", "−", () => zoomed(range, 2)],
  ] as const;
  return (
    <div class="segments">
      {buttons.map(([key, sign, to]) => (
        <button key={key} type="button" aria-label={t(key)} title={t(key)} onClick={() => zoomTo(to())}>
          {sign}
        </button>
      ))}
    </div>
  );
}

interface PlotInput {
  readonly series: SeriesAnswer;
  readonly range: Range;
  readonly person: StatusPerson;
  zoomTo(range: Range): void;
}

/** The library of the chart is loaded with the first chart. */
function Plot({ series, range, person, zoomTo }: PlotInput) {
  const { t, language, format } = useHere();
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const place = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLParagraphElement>(null);
  const { measure, unit, points } = series;
  const wanted = measure === "weight" ? (person.state?.target ?? null) : null;
  const target = wanted === null ? null : { value: wanted, name: t("chart.target") };
  const words = (value: number) => format.value(value, unit);
  // Drawn again in other colors, and in another language.
  useEffect(() => {
    let isWanted = true;
    let remove = () => {};
    const show = (index: number | null) => {
      const point = index === null ? undefined : points[index];
      if (readout.current === null) return;
      readout.current.textContent =
        point === undefined ? t("chart.drag") : `${format.dateTime(new Date(point[0] * 1000))} · ${words(point[1])}`;
    };
    show(null);
    void import("./chart.ts").then(({ drawChart }) => {
      if (!isWanted || place.current === null) return;
      remove = drawChart(place.current, {
        ...{ points, range, target, locale: format.locale, onPoint: show },
        valueMarks: (values) => (unit === "st" ? values.map(words) : format.alike(values)),
        onZoom: (chosen) => {
          zoomTo(chosen);
          // Escape is heard where the focus is.
          place.current?.focus();
        },
      });
    });
    return () => {
      isWanted = false;
      remove();
    };
  }, [series, range, isDark, language]);
  return (
    <>
      <p class="quiet readout" ref={readout} aria-hidden="true" />
      <div
        class="plot"
        ref={place}
        role="img"
        tabIndex={-1}
        aria-label={summaryOf(series, { t, format, name: measureName(language, measure) })}
      />
      <TableOf
        series={series}
        name={t("chart.tableOf", { measure: measureName(language, measure), name: person.name })}
      />
    </>
  );
}

type Here = ReturnType<typeof useHere>;

/** The chart in words, for a screen reader. */
function summaryOf(
  { points, unit }: SeriesAnswer,
  { t, format, name }: Pick<Here, "t" | "format"> & { name: string },
): string {
  const values = points.map(([, value]) => value);
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return t("chart.empty");
  const date = ([seconds]: readonly [number, number]) => format.date(new Date(seconds * 1000));
  return t("chart.summary", {
    ...{ measure: name, from: date(first), to: date(last), n: format.number(points.length) },
    ...{ first: format.value(first[1], unit), last: format.value(last[1], unit) },
    ...{ lowest: format.value(Math.min(...values), unit), highest: format.value(Math.max(...values), unit) },
  });
}

function TableOf({
  series: { points, unit, measure },
  name,
}: {
  readonly series: SeriesAnswer;
  readonly name: string;
}) {
  const { t, format, language } = useHere();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{t("chart.table")}</summary>
      {isOpen && (
        <section class="scroll tall" tabIndex={0} aria-label={name}>
          <table>
            <caption class="hidden">{name}</caption>
            <thead>
              <tr>
                <th scope="col">{t("chart.time")}</th>
                <th scope="col" class="number">
                  {measureName(language, measure)}
                </th>
              </tr>
            </thead>
            <tbody>
              {points.toReversed().map(([seconds, value]) => (
                <tr key={seconds}>
                  <td>{format.dateTime(new Date(seconds * 1000))}</td>
                  <td class="number">{format.value(value, unit)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
