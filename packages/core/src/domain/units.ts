export type WeightUnit = "kg" | "lb" | "st";

/** International avoirdupois pound, exact by definition. */
const KILOGRAMS_PER_POUND = 0.45359237;
const POUNDS_PER_STONE = 14;
/** Exact by definition. */
const METRES_PER_INCH = 0.0254;
const INCHES_PER_FOOT = 12;

const PER_KILOGRAM = {
  kg: 1,
  lb: KILOGRAMS_PER_POUND,
  st: 6.35029318,
} as const satisfies Record<WeightUnit, number>;

/** A mass in another unit, as one number (`st`: stones with a fraction), unrounded. Kilograms come back untouched. */
export function kilogramsTo(unit: WeightUnit, kilograms: number): number {
  return kilograms / PER_KILOGRAM[unit];
}

/** Splits `amount` of the small unit, rounded to `digits` decimals, so that the small part never shows as a whole large one. */
function split(amount: number, perLarge: number, digits: number): readonly [large: number, small: number] {
  const rounded = Number(Math.abs(amount).toFixed(digits));
  const large = Math.floor(rounded / perLarge);
  const small = Number((rounded - large * perLarge).toFixed(digits));
  return amount < 0 ? [0 - large, 0 - small] : [large, small];
}

export interface StonesAndPounds {
  readonly stones: number;
  readonly pounds: number;
}

/** Whole stones, and pounds to `digits` decimals. Both are negative for a negative mass. */
export function kilogramsToStonesAndPounds(kilograms: number, digits = 1): StonesAndPounds {
  const [stones, pounds] = split(kilogramsTo("lb", kilograms), POUNDS_PER_STONE, digits);
  return { stones, pounds };
}

export interface FeetAndInches {
  readonly feet: number;
  readonly inches: number;
}

/** Whole feet, and inches to `digits` decimals. Both are negative for a negative length. */
export function metresToFeetAndInches(metres: number, digits = 1): FeetAndInches {
  const [feet, inches] = split(metres / METRES_PER_INCH, INCHES_PER_FOOT, digits);
  return { feet, inches };
}

/** For people: `81.4 kg`, `179.5 lb`, `12 st 11.5 lb`, and `2.6 lb` below a stone; one decimal, a point as separator. */
export function formatWeight(kilograms: number, unit: WeightUnit): string {
  if (unit !== "st") return `${oneDecimal(kilogramsTo(unit, kilograms))} ${unit}`;
  const { stones, pounds } = kilogramsToStonesAndPounds(Math.abs(kilograms));
  return `${kilograms < 0 ? "-" : ""}${stones === 0 ? "" : `${stones} st `}${pounds.toFixed(1)} lb`;
}

/** 69.35 is 69.4, as on a scale; as a binary number it is a little less, and `toFixed` sees that. */
const oneDecimal = (value: number): string => (Math.round(value * 10) / 10).toFixed(1);
