import type { StatusPerson } from "../contract.ts";
import { knownText, type Language } from "./words.ts";

/** The name of a measure; one that the page has no word for shows its id in words. */
export function measureName(language: Language, id: string): string {
  const words = id.replaceAll("_", " ");
  return knownText(language, `measure.${id}`) ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where a weigh-in came from. */
export function sourceName(language: Language, attribution: string | null): string {
  return attribution === null ? "" : (knownText(language, `source.${attribution}`) ?? attribution.replaceAll("_", " "));
}

/** Measures whose newest value is known, in the order of the state document. */
export function measuresOf({ state }: StatusPerson): string[] {
  const measuredAt = state?.measured_at ?? {};
  return Object.keys(measuredAt).filter((id) => typeof measuredAt[id] === "string");
}

export function newestOf({ state }: StatusPerson, id: string): number | null {
  const value = (state as Readonly<Record<string, unknown>> | null)?.[id];
  return typeof value === "number" ? value : null;
}

/** Ids of masses, which are in the person's unit. */
const MASSES = /(^weight|_mass|^hydration|_water)$/;

/** Of the measures that the page names; of others the series says it. */
const UNITS: Readonly<Record<string, string>> = {
  height: "m",
  fat_ratio: "%",
  heart_pulse: "bpm",
  pulse_wave_velocity: "m/s",
  basal_metabolic_rate: "kcal",
  spo2: "%",
  temperature: "°C",
  body_temperature: "°C",
  skin_temperature: "°C",
  diastolic_blood_pressure: "mmHg",
  systolic_blood_pressure: "mmHg",
};

export const unitOf = ({ weight_unit }: StatusPerson, id: string): string =>
  MASSES.test(id) ? weight_unit : (UNITS[id] ?? "");
