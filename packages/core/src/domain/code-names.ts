const areas = (kind: string, from: number, to: number): (readonly [number, string])[] =>
  Array.from({ length: to - from + 1 }, (_, index) => [from + index, `${kind} area ${index + 1}`] as const);

/** Places on the body that a measure may be of. 7, the whole body, is none: the decoder drops it where a type has no segments. */
const POSITIONS: ReadonlyMap<number, string> = new Map<number, string>([
  [0, "right wrist"],
  [1, "left wrist"],
  [2, "right arm"],
  [3, "left arm"],
  [4, "right foot"],
  [5, "left foot"],
  [6, "between the legs"],
  [7, "whole body"],
  [8, "left side"],
  [9, "right side"],
  [10, "left leg"],
  [11, "right leg"],
  [12, "torso"],
  [13, "left hand"],
  [14, "right hand"],
  ...areas("heart", 15, 19),
  ...areas("lung", 20, 27),
  [28, "wide mode"],
  [29, "between the arms"],
  [30, "held right"],
  [31, "held left"],
]);

/** For people; the number where the API's documents have no name. */
const positionName = (position: number): string => POSITIONS.get(position) ?? `place ${position}`;

/** Names for people what a key of `WeighIn.values` says beside its type: a place on the body, a way in which the person was known. Blank for none. */
export function detailOfKey(key: string, type: string): string {
  const [, place = "", origin = ""] = /^_?(\d*)_?(.*)$/.exec(key.slice(type.length)) ?? [];
  return [...(place === "" ? [] : [positionName(Number(place))]), ...(origin === "" ? [] : [origin])]
    .join(", ")
    .replaceAll("_", " ");
}

/** Measure types whose value is a code, by id: the name of each code for people. */
export const valueNames: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  afib_ecg: {
    0: "negative",
    1: "positive",
    2: "inconclusive",
    3: "no signal",
    4: "other",
    5: "noise",
    6: "low heart rate",
    7: "high heart rate",
    8: "inconclusive (US)",
    9: "negative, normal heart rate",
    10: "negative, high heart rate",
    11: "positive, normal heart rate",
    12: "positive, high heart rate",
    13: "no diagnosis",
  },
};
