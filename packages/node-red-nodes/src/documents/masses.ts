import { kilogramsTo, measureTypes, type WeightUnit } from "@weighbridge/core";

const DIGITS: Readonly<Record<WeightUnit, number>> = { kg: 3, lb: 2, st: 3 };
const TYPES = [...measureTypes.values()];
const IDS: ReadonlySet<string> = new Set(TYPES.map(({ id }) => id));
const MASSES: ReadonlySet<string> = new Set(TYPES.filter(({ unit }) => unit === "kg").map(({ id }) => id));

/** A measure's key without its position on the body. */
const typeOf = (key: string): string => (IDS.has(key) || key.startsWith("type_") ? key : key.replace(/_\d+$/, ""));

/** In another unit, without the noise of a conversion; exact where nothing is converted. */
export function massIn(unit: WeightUnit, kilograms: number): number {
  return unit === "kg" ? kilograms : Number(kilogramsTo(unit, kilograms).toFixed(DIGITS[unit]));
}

/** Values by measure key, the masses among them in another unit. */
export function valuesIn(unit: WeightUnit, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, MASSES.has(typeOf(key)) ? massIn(unit, value) : value]),
  );
}
