import { measureTypes } from "./measure-types.ts";
import { kilogramsTo, type WeightUnit } from "./units.ts";

/** Decimals of a converted mass. */
const DIGITS: Readonly<Record<WeightUnit, number>> = { kg: 3, lb: 2, st: 3 };
const TYPES = [...measureTypes.values()];
const IDS: ReadonlySet<string> = new Set(TYPES.map(({ id }) => id));
const MASSES: ReadonlySet<string> = new Set(TYPES.filter(({ unit }) => unit === "kg").map(({ id }) => id));

/** The measure type id of a key of `WeighIn.values`: the key without its position on the body, and without what tells two groups of one second apart. */
export function typeOfKey(key: string): string {
  if (IDS.has(key)) return key;
  const unknown = /^type_\d+/.exec(key)?.[0];
  if (unknown !== undefined) return unknown;
  for (let end = key.lastIndexOf("_"); end > 0; end = key.lastIndexOf("_", end - 1))
    if (IDS.has(key.slice(0, end))) return key.slice(0, end);
  return key;
}

/** True for a key whose value is a mass, which documents give in the person's own unit. */
export const isMass = (key: string): boolean => MASSES.has(typeOfKey(key));

/** Kilograms in another unit, without the noise of a conversion; untouched where nothing is converted. */
export function massIn(unit: WeightUnit, kilograms: number): number {
  return unit === "kg" ? kilograms : Number(kilogramsTo(unit, kilograms).toFixed(DIGITS[unit]));
}

/** A value of any measure key, converted if it is a mass. */
export const valueIn = (unit: WeightUnit, key: string, value: number): number =>
  isMass(key) ? massIn(unit, value) : value;

/** Values by measure key, the masses among them converted. */
export function valuesIn(unit: WeightUnit, values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, valueIn(unit, key, value)]));
}
