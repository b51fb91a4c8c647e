/**
 * A getmeas answer with `count` groups; the same for the same count. Of the original API half of them as it first sent them, half as later
 * servers do; of today's all of them, as a scale with segments sends them.
 */
export function answerText(count: number, generation: "wbs" | "public" = "wbs"): string {
  const { below, between } = randomFrom(1);
  const readings = [
    () => ({ value: between(30_000, 150_000), type: 1, unit: -3 }),
    () => ({ value: between(400, 900), type: 5, unit: -1 }),
    () => ({ value: between(80, 450), type: 6, unit: -1 }),
    () => ({ value: between(5_000, 60_000), type: 8, unit: -3 }),
    () => ({ value: between(45, 180), type: 11, unit: 0 }),
  ];
  const measuregrps = Array.from({ length: count }, (_, index) => {
    const date = 1_222_930_968 + index * 3_600;
    const measures = readings.slice(0, between(1, readings.length)).map((reading) => reading());
    const group = { grpid: 2909 + index * 7, attrib: below(20) === 0 ? 1 : 0, date, category: 1, measures };
    if (generation === "wbs" && below(2) === 0) return group;
    const isManual = below(20) === 0;
    const deviceid = isManual ? null : `${below(3)}f2e9c41d08b7a6355cd1e0f9`;
    return {
      ...group,
      attrib: isManual ? 2 : group.attrib,
      created: date + 40,
      modified: date + 40,
      deviceid,
      hash_deviceid: deviceid,
      measures: measures.map((measure) => ({ ...measure, algo: 0, fm: 3, ...placeOf(generation, measure) })),
      modelid: isManual ? null : 6,
      model: isManual ? null : "Body Cardio",
      comment: null,
    };
  });
  const body = { updatetime: 1_249_409_679, timezone: "Europe/Paris", more: 0, offset: 0, measuregrps };
  return JSON.stringify({ status: 0, body });
}

/** Whole-body values of a Body Scan say so. */
const placeOf = (generation: "wbs" | "public", { type }: { readonly type: number }) =>
  generation === "public" && (type === 5 || type === 8) ? { position: 7 } : {};

function randomFrom(seed: number) {
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, between: (low: number, high: number) => low + below(high - low + 1) };
}
