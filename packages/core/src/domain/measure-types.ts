/** The meaning of a measure's code. */
export interface MeasureType {
  readonly code: number;
  /** Stable name for programs and topics. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  /** SI unit symbol; empty for a score, a ratio without dimension, or a code. */
  readonly unit: string;
  /** Decimals worth showing. */
  readonly digits: number;
  /** Measured per segment of the body: `Measure.position` tells which. */
  readonly segmental?: true;
}

type Row = readonly [code: number, id: string, name: string, unit: string, digits: number, segmental?: "segmental"];

/** THE table. Codes 1 to 8 are the founding document's; the others came with later devices. */
const ROWS: readonly Row[] = [
  [1, "weight", "Weight", "kg", 2],
  [4, "height", "Height", "m", 2],
  [5, "fat_free_mass", "Fat-free mass", "kg", 2],
  [6, "fat_ratio", "Fat ratio", "%", 1],
  [8, "fat_mass", "Fat mass", "kg", 2],
  [9, "diastolic_blood_pressure", "Diastolic blood pressure", "mmHg", 0],
  [10, "systolic_blood_pressure", "Systolic blood pressure", "mmHg", 0],
  [11, "heart_pulse", "Heart pulse", "bpm", 0],
  [12, "temperature", "Temperature", "°C", 1],
  [35, "co2", "Carbon dioxide", "ppm", 0],
  [54, "spo2", "Blood oxygen saturation", "%", 1],
  [71, "body_temperature", "Body temperature", "°C", 1],
  [73, "skin_temperature", "Skin temperature", "°C", 1],
  [76, "muscle_mass", "Muscle mass", "kg", 2],
  [77, "hydration", "Body water", "kg", 2],
  [88, "bone_mass", "Bone mass", "kg", 2],
  [91, "pulse_wave_velocity", "Pulse wave velocity", "m/s", 2],
  [123, "vo2_max", "VO2 max", "mL/min/kg", 1],
  [130, "afib_ecg", "Atrial fibrillation by ECG", "", 0],
  [135, "qrs_interval", "QRS interval", "s", 3],
  [136, "pr_interval", "PR interval", "s", 3],
  [137, "qt_interval", "QT interval", "s", 3],
  [138, "qtc_interval", "Corrected QT interval", "s", 3],
  [139, "afib_ppg", "Atrial fibrillation by PPG", "", 0],
  [147, "urinary_ph", "Urinary pH", "", 1],
  [148, "urinary_specific_gravity", "Urinary specific gravity", "", 3],
  [151, "urinary_nitrites", "Urinary nitrites", "µmol/L", 1],
  [155, "vascular_age", "Vascular age", "years", 0],
  [158, "nerve_health_left_foot", "Nerve health of the left foot", "", 1],
  [159, "nerve_health_right_foot", "Nerve health of the right foot", "", 1],
  [167, "nerve_health", "Nerve health", "µS", 1],
  [168, "extracellular_water", "Extracellular water", "kg", 2],
  [169, "intracellular_water", "Intracellular water", "kg", 2],
  [170, "visceral_fat", "Visceral fat index", "", 1],
  [173, "segmental_fat_free_mass", "Fat-free mass of a segment", "kg", 2, "segmental"],
  [174, "segmental_fat_mass", "Fat mass of a segment", "kg", 2, "segmental"],
  [175, "segmental_muscle_mass", "Muscle mass of a segment", "kg", 2, "segmental"],
  [196, "nerve_response", "Nerve response score", "", 1],
  [197, "electrodermal_activity_left_foot", "Electrodermal activity of the left foot", "µS", 1],
  [198, "electrodermal_activity_right_foot", "Electrodermal activity of the right foot", "µS", 1],
  [204, "urinary_ketones", "Urinary ketones", "mmol/L", 2],
  [205, "urinary_vitamin_c", "Urinary vitamin C", "mmol/L", 2],
  [226, "basal_metabolic_rate", "Basal metabolic rate", "kcal/day", 0],
  [227, "metabolic_age", "Metabolic age", "years", 0],
  [229, "skin_conductance", "Electrochemical skin conductance", "µS", 1],
  [248, "urinary_calcium", "Urinary calcium", "mmol/L", 2],
  [249, "urinary_creatinine", "Urinary creatinine", "mmol/L", 2],
  [251, "urinary_calcium_creatinine_ratio", "Urinary calcium to creatinine", "mmol/mmol", 3],
];

/** By code. */
export const measureTypes: ReadonlyMap<number, MeasureType> = new Map(
  ROWS.map(([code, id, name, unit, digits, segmental]) => [
    code,
    Object.freeze({ code, id, name, unit, digits, ...(segmental && { segmental: true as const }) }),
  ]),
);

/** The type of a code; one that the table lacks is `type_<code>`, without unit. */
export function measureType(code: number): MeasureType {
  return measureTypes.get(code) ?? { code, id: `type_${code}`, name: `Measure type ${code}`, unit: "", digits: 3 };
}
