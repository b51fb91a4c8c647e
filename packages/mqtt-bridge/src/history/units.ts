import { isMass } from "@weighbridge/core";

/** Home Assistant's class of a unit; null for units that it never converts. */
type UnitClass = "mass" | "distance" | "temperature" | "unitless" | null;

interface Conversion {
  readonly unitClass: UnitClass;
  convert(value: number): number;
}

const times = (unitClass: UnitClass, factor: number): Conversion => ({
  unitClass,
  convert: (value) => value * factor,
});

const POUND = 0.45359237;
const INCH = 0.0254;

/** From kilograms, metres and degrees Celsius: a person may have chosen another unit for an entity. */
const MASSES: Readonly<Record<string, Conversion>> = {
  kg: times("mass", 1),
  g: times("mass", 1_000),
  mg: times("mass", 1_000_000),
  µg: times("mass", 1_000_000_000),
  lb: times("mass", 1 / POUND),
  oz: times("mass", 16 / POUND),
  st: times("mass", 1 / (14 * POUND)),
};
const LENGTHS: Readonly<Record<string, Conversion>> = {
  m: times("distance", 1),
  cm: times("distance", 100),
  mm: times("distance", 1_000),
  km: times("distance", 0.001),
  in: times("distance", 1 / INCH),
  ft: times("distance", 1 / (12 * INCH)),
  yd: times("distance", 1 / (36 * INCH)),
};
const TEMPERATURES: Readonly<Record<string, Conversion>> = {
  "°C": times("temperature", 1),
  "°F": { unitClass: "temperature", convert: (celsius) => (celsius * 9) / 5 + 32 },
  K: { unitClass: "temperature", convert: (celsius) => celsius + 273.15 },
};
const AS_IT_IS: Readonly<Record<string, UnitClass>> = { "%": "unitless" };
const DIGITS = 6;

/** Makes a value of a key into the unit of its entity; undefined where that is not known. */
export function conversionTo(unit: string | null, key: string): Conversion | undefined {
  if (isMass(key) || key === "trend") return found(MASSES, unit);
  if (key === "height") return found(LENGTHS, unit);
  if (/temperature$/.test(key)) return found(TEMPERATURES, unit);
  return times(AS_IT_IS[unit ?? ""] ?? null, 1);
}

function found(units: Readonly<Record<string, Conversion>>, unit: string | null): Conversion | undefined {
  const conversion = units[unit ?? ""];
  return conversion && { ...conversion, convert: (value) => Number(conversion.convert(value).toFixed(DIGITS)) };
}
