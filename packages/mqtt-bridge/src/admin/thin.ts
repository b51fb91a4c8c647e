export type Point = readonly [epochS: number, value: number];

/**
 * At most so many of the points, ascending. The span is cut into slices, and of each its lowest and its highest point stay: a chart of them
 * touches the same extremes as one of all. The first and the last point always stay.
 */
export function thinned(points: readonly Point[], most: number): readonly Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length <= most || first === undefined || last === undefined) return points;
  if (most < 4) return [first, last].slice(0, most);
  // Two for each slice, and the ends.
  const slices = Math.floor((most - 2) / 2);
  const widthS = (last[0] - first[0]) / slices;
  const kept = new Set<Point>([first]);
  for (const slice of slicesOf(points, first[0], widthS, slices))
    for (const extreme of extremesOf(slice)) kept.add(extreme);
  kept.add(last);
  return [...kept];
}

function slicesOf(
  points: readonly Point[],
  from: number,
  widthS: number,
  count: number,
): readonly (readonly Point[])[] {
  const slices: Point[][] = Array.from({ length: count }, () => []);
  for (const point of points) {
    const index = widthS === 0 ? 0 : Math.min(count - 1, Math.floor((point[0] - from) / widthS));
    slices[index]?.push(point);
  }
  return slices;
}

/** In the order of time. */
function extremesOf(slice: readonly Point[]): readonly Point[] {
  const [first] = slice;
  if (first === undefined) return [];
  let [low, high] = [first, first];
  for (const point of slice) {
    if (point[1] < low[1]) low = point;
    if (point[1] > high[1]) high = point;
  }
  return low[0] <= high[0] ? [low, high] : [high, low];
}
