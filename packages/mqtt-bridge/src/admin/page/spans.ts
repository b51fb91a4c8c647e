const DAY_S = 86_400;

/** Spans of the chart that end now; null is everything there is. */
export const SPANS = { week: 7 * DAY_S, month: 30 * DAY_S, year: 365 * DAY_S, all: null } as const;
export type Span = keyof typeof SPANS;

/** In epoch seconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The narrowest range that the chart shows. */
const NARROWEST_S = 3_600;

export function rangeOf(span: Span, nowS: number): Range | undefined {
  const length = SPANS[span];
  return length === null ? undefined : { from: nowS - length, to: nowS };
}

/** The range of all points, with room at both ends. */
export function rangeAround(points: readonly (readonly [number, number])[], nowS: number): Range {
  const from = points[0]?.[0] ?? nowS - DAY_S;
  const to = points.at(-1)?.[0] ?? nowS;
  const room = Math.max(DAY_S / 2, (to - from) / 50);
  return { from: from - room, to: to + room };
}

/** By half of its length, -1 to the past and 1 to the future. */
export function moved({ from, to }: Range, direction: -1 | 1): Range {
  const step = ((to - from) / 2) * direction;
  return { from: from + step, to: to + step };
}

/** Around its middle: 0.5 shows half of it, 2 twice as much. */
export function zoomed({ from, to }: Range, factor: number): Range {
  const half = Math.max(NARROWEST_S, (to - from) * factor) / 2;
  const middle = (from + to) / 2;
  return { from: middle - half, to: middle + half };
}
