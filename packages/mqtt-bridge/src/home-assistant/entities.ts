import type { StateDocument } from "../messages/person-documents.ts";

/** How Home Assistant shows a value. A name is left out where the device class has the right one: it is then translated. */
export interface SensorLook {
  readonly name?: string;
  readonly deviceClass?: string;
  readonly unit?: string;
  readonly icon?: string;
  readonly precision?: number;
  readonly isOffByDefault?: true;
  readonly category?: "diagnostic";
}

const MASS = { deviceClass: "weight", unit: "mass", precision: 2 } as const;
const off = { isOffByDefault: true } as const;

/**
 * By measure type. `mass` stands for the person's own unit: Home Assistant does not convert masses by unit system. Blood pressure and pulse
 * wave velocity have no device class, since that would turn them to inHg and mph where the unit system is the American one.
 */
export const MEASURE_LOOKS: Readonly<Record<string, SensorLook>> = {
  weight: MASS,
  fat_ratio: { name: "Fat ratio", unit: "%", icon: "mdi:percent", precision: 1 },
  fat_mass: { ...MASS, name: "Fat mass" },
  fat_free_mass: { ...MASS, name: "Fat-free mass" },
  height: { name: "Height", deviceClass: "distance", unit: "m", precision: 2, ...off },
  muscle_mass: { ...MASS, name: "Muscle mass" },
  bone_mass: { ...MASS, name: "Bone mass", ...off },
  hydration: { ...MASS, name: "Body water", ...off },
  heart_pulse: { name: "Heart rate", unit: "bpm", icon: "mdi:heart-pulse", precision: 0 },
  diastolic_blood_pressure: { name: "Diastolic blood pressure", unit: "mmHg", icon: "mdi:heart-minus", precision: 0 },
  systolic_blood_pressure: { name: "Systolic blood pressure", unit: "mmHg", icon: "mdi:heart-plus", precision: 0 },
  pulse_wave_velocity: { name: "Pulse wave velocity", unit: "m/s", icon: "mdi:pulse", precision: 1 },
  temperature: { name: "Temperature", deviceClass: "temperature", unit: "°C", precision: 1 },
  body_temperature: { name: "Body temperature", deviceClass: "temperature", unit: "°C", precision: 1 },
  skin_temperature: { name: "Skin temperature", deviceClass: "temperature", unit: "°C", precision: 1, ...off },
  spo2: { name: "Blood oxygen", unit: "%", icon: "mdi:water-percent", precision: 1 },
};

/** Values that follow from others, by their key in the state document. */
export const DERIVED_LOOKS = {
  bmi: { name: "BMI", unit: "kg/m²", icon: "mdi:human", precision: 1 },
  change: { ...MASS, name: "Change since last weigh-in", icon: "mdi:swap-vertical" },
  trend: { ...MASS, name: "Weight trend", icon: "mdi:chart-line" },
  target: { ...MASS, name: "Target weight", icon: "mdi:flag-checkered" },
  to_target: { ...MASS, name: "Distance to target", icon: "mdi:arrow-collapse-down", ...off },
} as const satisfies Readonly<Partial<Record<keyof StateDocument, SensorLook>>>;
