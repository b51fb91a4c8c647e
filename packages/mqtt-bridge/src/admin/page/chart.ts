import UPlot from "uplot";
import type { Range } from "./spans.ts";

const HEIGHT = 280;
const DAY_S = 86_400;
/** A drag shorter than this is a click. */
const DRAG_PIXELS = 6;
/** Width of a digit in a mark of an axis. */
const CHARACTER = 7.5;
/** More points than this are a line without dots. */
const DOTS = 120;

export interface ChartInput {
  readonly points: readonly (readonly [seconds: number, value: number])[];
  readonly range: Range;
  /** A line across, with its name; null where there is none. */
  readonly target: { readonly value: number; readonly name: string } | null;
  readonly locale: string;
  /** Marks of the axis: short, and alike. */
  valueMarks(values: readonly number[]): string[];
  onZoom(range: Range): void;
  /** The point under the pointer. */
  onPoint(index: number | null): void;
}

/** Draws into an element, whose width it follows. Returns what takes it away. */
export function drawChart(element: HTMLElement, input: ChartInput): () => void {
  const plot = new UPlot(optionsOf(element, input), dataOf(input), element);
  dragByFinger(plot);
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
  observer.observe(element);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
}

const dataOf = ({ points }: ChartInput): UPlot.AlignedData => [
  points.map(([at]) => at),
  points.map(([, value]) => value),
];

function optionsOf(element: HTMLElement, input: ChartInput): UPlot.Options {
  const color = (name: string) => resolved(element, `var(${name})`);
  const { range, points, locale } = input;
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = { font, stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
  const dots = { show: points.length <= DOTS, size: 6, fill: color("--accent") };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    padding: [12, 12, 0, 0],
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 9 } },
    scales: { x: { time: true, range: () => [range.from, range.to] }, y: { range: spread } },
    axes: [
      {
        ...axis,
        space: 70,
        size: 32,
        values: (_plot, splits, _axis, _space, step) => splits.map(timeMark(locale, step)),
      },
      {
        ...axis,
        size: (_plot, marks: readonly string[] | null) =>
          16 + CHARACTER * Math.max(0, ...(marks ?? []).map(({ length }) => length)),
        values: (_plot, splits) => input.valueMarks(splits),
      },
    ],
    series: [{}, { stroke: color("--accent"), width: 2, points: dots, fill: color("--chart-fill") }],
    hooks: {
      setSelect: [(plot) => select(plot, input)],
      setCursor: [({ cursor }) => input.onPoint(cursor.idx ?? null)],
      draw: [(plot) => drawTarget(plot, input.target, color("--good"), font)],
    },
  };
}

/** Canvas knows no variables of CSS, and a variable may hold a color for each mode. */
function resolved(element: HTMLElement, color: string): string {
  const probe = document.createElement("span");
  probe.style.color = color;
  element.append(probe);
  const { color: found } = getComputedStyle(probe);
  probe.remove();
  return found;
}

/** Room above and below, also around equal values. */
function spread(_plot: UPlot, least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [0, 1];
  const room = Math.max((most - least) * 0.15, Math.abs(most) * 0.005, 0.2);
  return [least - room, most + room];
}

function select(plot: UPlot, { onZoom }: ChartInput): void {
  const { left, width } = plot.select;
  if (width < DRAG_PIXELS) return;
  onZoom({ from: plot.posToVal(left, "x"), to: plot.posToVal(left + width, "x") });
}

/** The library hears the mouse only. CSS leaves vertical moves to the browser, which scrolls by them. */
function dragByFinger(plot: UPlot): void {
  const { over } = plot;
  let start: number | null = null;
  const at = ({ clientX }: PointerEvent) => {
    const { left, width } = over.getBoundingClientRect();
    return Math.max(0, Math.min(width, clientX - left));
  };
  const mark = (event: PointerEvent, isOver: boolean) => {
    if (start === null) return;
    const [from, to] = [Math.min(start, at(event)), Math.max(start, at(event))];
    plot.setSelect({ left: from, width: to - from, top: 0, height: over.clientHeight }, isOver);
    if (isOver) start = null;
  };
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") start = at(event);
  });
  over.addEventListener("pointermove", (event) => mark(event, false));
  over.addEventListener("pointerup", (event) => mark(event, true));
  over.addEventListener("pointercancel", () => {
    start = null;
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  });
}

/** As fine as the distance between two marks. */
function timeMark(locale: string, stepS: number): (seconds: number) => string {
  const options: Intl.DateTimeFormatOptions =
    stepS >= 365 * DAY_S
      ? { year: "numeric" }
      : stepS >= 28 * DAY_S
        ? { month: "short", year: "2-digit" }
        : stepS >= DAY_S
          ? { day: "numeric", month: "short" }
          : { weekday: "short", hour: "2-digit", minute: "2-digit" };
  const format = new Intl.DateTimeFormat(locale, options);
  return (seconds) => format.format(new Date(seconds * 1000));
}

/** Only where the shown values reach it: a far target would flatten the line. */
function drawTarget(plot: UPlot, target: ChartInput["target"], color: string, font: string): void {
  if (target === null) return;
  const { ctx, bbox } = plot;
  const y = plot.valToPos(target.value, "y", true);
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 5 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(right, y);
  ctx.stroke();
  ctx.fillStyle = color;
  ctx.font = font.replace(/\d+/, (pixels) => String(Number(pixels) * devicePixelRatio));
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.fillText(target.name, bbox.left + 6 * devicePixelRatio, y - 3 * devicePixelRatio);
  ctx.restore();
}
