import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MeasureGroup } from "../../src/domain/measure-group.ts";
import { measureTypes } from "../../src/domain/measure-types.ts";
import { decodePublicPage } from "../../src/public/decode/measure-page.ts";
import { decodeDevices, decodeProfiles, decodeWeightGoal } from "../../src/public/decode/others.ts";
import { keysOf } from "../../src/weigh-ins/measure-keys.ts";
import { today } from "./world.ts";

type Raw = Record<string, unknown>;

/** A weigh-in of a Body Scan, in the form of today's answers. */
const raw = (more: Raw = {}): Raw => ({
  grpid: 8_500_000_001,
  attrib: 0,
  date: 1_706_376_730,
  created: 1_706_376_800,
  modified: 1_706_376_800,
  category: 1,
  deviceid: "91845aef",
  hash_deviceid: "91845aef",
  measures: [{ value: 81_437, type: 1, unit: -3, algo: 218235904, fm: 3 }],
  modelid: 10,
  model: "Body Scan",
  comment: null,
  timezone: "Europe/Paris",
  ...more,
});

const page = (groups: readonly Raw[], more: Raw = {}) =>
  decodePublicPage({ updatetime: 1_706_376_900, timezone: "Europe/Paris", measuregrps: groups, ...more });
const only = (more: Raw): MeasureGroup => page([raw(more)]).groups[0] as MeasureGroup;
const valuesOf = (group: MeasureGroup) => group.measures.map(({ type, value, position }) => [type, value, position]);

describe("a group", () => {
  test("PUB-MEAS-5, PUB-MEAS-13: arrives whole, with an id beyond 32 bits", () => {
    expect(only({})).toEqual({
      id: 8_500_000_001,
      attribution: { code: 0, name: "device" },
      measuredAt: 1_706_376_730,
      category: { code: 1, name: "measure" },
      measures: [{ type: "weight", code: 1, value: 81.437 }],
      modelId: 10,
    });
  });

  test.each([
    ["model_id in place of modelid", { modelid: undefined, model_id: 10 }, 10],
    ["a null model", { modelid: null }, undefined],
    ["false for an absent number", { modelid: false, deviceid: false }, undefined],
    ["a numeric device id beside a hash", { deviceid: 123_456, hash_deviceid: "abc" }, 10],
    ["no device at all", { deviceid: null, hash_deviceid: null, modelid: null, model: null }, undefined],
    [
      "none of the newer fields",
      { modified: undefined, model: undefined, modelid: undefined, timezone: undefined },
      undefined,
    ],
    ["fields that nobody knows", { is_inconclusive: false, probability: 0.9, appliver: "7" }, 10],
  ])("PUB-MEAS-5: with %s is read", (_, more, modelId) => {
    expect(only(more)).toMatchObject({ measures: [{ value: 81.437 }], ...(modelId !== undefined && { modelId }) });
    expect(only(more).modelId).toBe(modelId);
  });

  test("PUB-MEAS-5: of an unknown device, model, attribution and type arrives whole, and the codes are reported", () => {
    const unknown: unknown[] = [];
    const body = {
      measuregrps: [
        raw({ attrib: 10_009, modelid: 99, deviceid: 5, measures: [{ value: 7, type: 4711, unit: 0, position: 31 }] }),
      ],
    };
    const { groups } = decodePublicPage(body, (code) => unknown.push(code));
    expect(groups[0]).toMatchObject({
      attribution: { code: 10_009, name: "unknown" },
      measures: [{ type: "type_4711", code: 4711, value: 7, position: 31 }],
    });
    expect(unknown).toEqual([
      { kind: "measure_type", code: 4711 },
      { kind: "attribution", code: 10_009 },
    ]);
  });

  test("that touched nothing but the time of its modification is equal to itself", () => {
    expect(only({ modified: 1, timezone: "UTC", algo: 5 })).toEqual(only({}));
  });

  test("PUB-MEAS-2: that comes twice in one answer is one group", () => {
    expect(page([raw(), raw({ grpid: 2 }), raw()]).groups.map(({ id }) => id)).toEqual([8_500_000_001, 2]);
  });
});

describe("measures", () => {
  test("PUB-MEAS-6: at position 7 have no position where the type has no segments: Body Scan and Body+ give the same keys", () => {
    const types = [5, 8, 76, 77, 88, 168, 169, 170, 226];
    const scan = only({ measures: types.map((type) => ({ value: 1_000, type, unit: -2, position: 7 })) });
    const plus = only({ measures: types.map((type) => ({ value: 1_000, type, unit: -2 })) });
    expect(scan).toEqual(plus);
  });

  test("PUB-MEAS-3, PUB-MEAS-6: of segments keep their place, five of each", () => {
    const segments = [173, 174, 175].flatMap((type) =>
      [2, 3, 10, 11, 12].map((position) => ({ value: 350, type, unit: -2, position })),
    );
    const group = only({ measures: segments });
    expect(group.measures).toHaveLength(15);
    const key = keysOf([group]);
    expect(new Set(group.measures.map((measure) => key(group, measure)))).toEqual(
      new Set(
        ["segmental_fat_free_mass", "segmental_fat_mass", "segmental_muscle_mass"].flatMap((type) =>
          [2, 3, 10, 11, 12].map((position) => `${type}_${position}`),
        ),
      ),
    );
  });

  test("PUB-MEAS-2: of one type at one place count once, the first", () => {
    const measures = [
      { value: 1_500, type: 8, unit: -2, position: 7 },
      { value: 1_600, type: 8, unit: -2 },
      { value: 40, type: 173, unit: 0, position: 12 },
      { value: 41, type: 173, unit: 0, position: 12 },
    ];
    expect(valuesOf(only({ measures }))).toEqual([
      ["fat_mass", 15, undefined],
      ["segmental_fat_free_mass", 40, 12],
    ]);
  });

  test("PUB-MEAS-17: a pulse wave velocity with and one without a place at one second are two values", () => {
    const { groups } = page([
      raw({ grpid: 1, attrib: 8, measures: [{ value: 7_100, type: 91, unit: -3 }] }),
      raw({ grpid: 2, attrib: 10, measures: [{ value: 6_900, type: 91, unit: -3, position: 5 }] }),
    ]);
    const key = keysOf(groups);
    expect(groups.flatMap((group) => group.measures.map((measure) => [key(group, measure), measure.value]))).toEqual([
      ["pulse_wave_velocity", 7.1],
      ["pulse_wave_velocity_5", 6.9],
    ]);
  });

  test.each([
    [53_800_003, -6, 53.800003],
    [81_437, -3, 81.437],
    [8_144, -2, 81.44],
    [814, -1, 81.4],
    [81, 0, 81],
    [8, 1, 80],
    [1, 2, 100],
  ])("PUB-MEAS-7: %d × 10^%d is exactly %d", (value, unit, expected) => {
    expect(only({ measures: [{ value, type: 1, unit }] }).measures[0]?.value).toBe(expected);
  });

  test("PUB-MEAS-7: keep their own unit in one group", () => {
    const measures = [
      { value: 60_123, type: 5, unit: -3 },
      { value: 2_131, type: 8, unit: -2 },
    ];
    expect(valuesOf(only({ measures })).map(([, value]) => value)).toEqual([60.123, 21.31]);
  });

  test.each([
    ["fat mass and ratio 0", 2, [0, 0], ["weight", "muscle_mass"]],
    ["fat mass 0 without a ratio", 4, [0, undefined], ["weight", "muscle_mass"]],
    ["a true fat mass", 2, [1_500, 18_000], ["weight", "fat_free_mass", "fat_ratio", "fat_mass", "muscle_mass"]],
    ["the same zeros from the scale", 0, [0, 0], ["weight", "fat_free_mass", "fat_ratio", "fat_mass", "muscle_mass"]],
  ])("PUB-MEAS-8: with %s, attribution %d", (_, attrib, [mass, ratio], types) => {
    const measures = [
      { value: 80_000, type: 1, unit: -3 },
      { value: 80_000, type: 5, unit: -3 },
      ...(ratio === undefined ? [] : [{ value: ratio, type: 6, unit: -3 }]),
      { value: mass, type: 8, unit: -2 },
      { value: 3_000, type: 76, unit: -2 },
    ];
    expect(only({ attrib, measures }).measures.map(({ type }) => type)).toEqual(types);
  });

  test("PUB-MEAS-3: every documented type has a name and a unit", () => {
    const documented = [
      ...[1, 4, 5, 6, 8, 9, 10, 11, 12, 54, 71, 73, 76, 77, 88, 91, 123, 130, 135, 136, 137, 138, 139, 147, 148, 151],
      ...[155, 158, 159, 167, 168, 169, 170, 173, 174, 175, 196, 197, 198, 204, 205, 226, 227, 229, 248, 249, 251],
    ];
    for (const code of documented) expect(measureTypes.get(code)?.id, String(code)).toMatch(/^[a-z0-9_]+$/);
  });

  test("PUB-MEAS-4: every documented attribution has a name", () => {
    const names = [0, 1, 2, 3, 4, 5, 7, 8, 10, 15, 17].map((attrib) => only({ attrib }).attribution.name);
    expect(names).toEqual([
      ...["device", "ambiguous", "manual", "chosen_on_device", "manual_at_creation", "best_of_several", "confirmed"],
      ...["device", "companion", "guided", "guided"],
    ]);
  });
});

describe("a page", () => {
  test.each([
    ["PUB-MEAS-15: no body", undefined],
    ["null", null],
    ["an empty list", []],
    ["no groups", { measuregrps: [] }],
    ["null groups", { measuregrps: null }],
  ])("with %s is an empty one", (_, body) => {
    expect(decodePublicPage(body).groups).toEqual([]);
  });

  test.each([[1_706_376_900], ["1706376900"]])(
    "PUB-MEAS-5, PUB-MEAS-10: with the time %j feeds the next lastupdate and is no clock",
    (updatetime) => {
      expect(page([], { updatetime })).toMatchObject({ updateTime: 1_706_376_900, isClock: false });
    },
  );

  test.each([
    [{ more: 1, offset: 100 }, 100],
    [{ more: true, offset: "100" }, 100],
    [{ more: 0, offset: 100 }, undefined],
    [{ more: false, offset: 100 }, undefined],
    [{ offset: 100 }, undefined],
    [{ more: 1 }, undefined],
  ])("PUB-MEAS-1: with %j goes on at %s", (more, next) => {
    expect(page([], more).nextOffset).toBe(next);
  });

  test("leaves out what cannot be read, counts it, and keeps the rest", () => {
    const losses: unknown[] = [];
    const body = {
      measuregrps: [raw(), raw({ grpid: null }), raw({ grpid: 3, measures: [{ value: "80100", type: 1, unit: -3 }] })],
    };
    const { groups, skipped } = decodePublicPage(body, undefined, (loss) => losses.push(loss));
    expect(groups.map(({ id }) => id)).toEqual([8_500_000_001, 3]);
    expect(skipped).toBe(1);
    expect(losses).toEqual([{ groups: 1, values: 0, field: "grpid" }]);
  });

  test("never changes what it reads, and throws nothing but a ZodError, whatever comes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = {
          measuregrps: [value, raw({ measures: [value] })],
          more: value,
          offset: value,
          updatetime: value,
        };
        const before = JSON.stringify(body);
        expect(decodePublicPage(body).groups.length).toBeLessThanOrEqual(2);
        expect(JSON.stringify(body)).toBe(before);
      }),
    );
  });
});

describe("a walk", () => {
  const ids = async (answers: readonly Raw[], query = {}) => {
    const { ada, server } = await today((_, index) => ({ status: 0, body: answers[index] ?? { measuregrps: [] } }));
    const pages = [];
    for await (const one of ada.measureGroups(query)) pages.push(one);
    return { found: pages.flatMap(({ groups }) => groups.map(({ id }) => id)), pages, calls: server.calls };
  };

  test("PUB-MEAS-1, PUB-MEAS-9: sends the same parameters and the service's offset, the category of measures, and no filter of types", async () => {
    const { calls, found } = await ids(
      [
        { measuregrps: [raw({ grpid: 1 }), raw({ grpid: 2 })], more: 1, offset: 55 },
        { measuregrps: [raw({ grpid: 2 }), raw({ grpid: 3 })], more: true, offset: 99 },
        { measuregrps: [raw({ grpid: 4 })], more: 0 },
      ],
      { from: 5, to: 9 },
    );
    const same = { action: "getmeas", category: "1", startdate: "5", enddate: "9" };
    expect(calls.map(({ parameters }) => parameters)).toEqual([
      same,
      { ...same, offset: "55" },
      { ...same, offset: "99" },
    ]);
    expect(found).toEqual([1, 2, 3, 4]);
  });

  test.each([0, 55])("PUB-MEAS-1: ends without a failure at the offset %d that does not advance", async (offset) => {
    const { calls, found } = await ids([
      { measuregrps: [raw({ grpid: 1 })], more: 1, offset },
      { measuregrps: [raw({ grpid: 2 })], more: 1, offset },
    ]);
    expect(calls.length).toBe(offset === 0 ? 1 : 2);
    expect(found).toContain(1);
  });

  test("PUB-MEAS-1: since a time sends lastupdate alone", async () => {
    const { calls } = await ids([], { modifiedSince: 7 });
    expect(calls[0]?.parameters).toEqual({ action: "getmeas", category: "1", lastupdate: "7" });
  });

  test("PUB-MEAS-2: in whatever order gives every group", async () => {
    const groups = Array.from({ length: 9 }, (_, index) =>
      raw({ grpid: index + 1, date: 1_706_000_000 + ((index * 7) % 9) }),
    );
    for (const order of [groups, groups.toReversed(), groups.toSorted((a, b) => Number(a["date"]) - Number(b["date"]))])
      expect(new Set((await ids([{ measuregrps: order }])).found).size).toBe(9);
  });
});

describe("devices and goals", () => {
  test("PUB-USER-1, PUB-USER-3: a device has battery, last contact, and the best name there is", () => {
    const scale = {
      type: "Scale",
      model: "Body Comp",
      model_id: 18,
      battery: "medium",
      deviceid: "a",
      hash_deviceid: "h",
    };
    const devices = [
      { ...scale, last_session_date: 1_706_376_730 },
      { ...scale, hash_deviceid: "i", model: null, battery: "unknown", last_session_date: null },
      { ...scale, hash_deviceid: "j", model: "", model_id: 99 },
      { type: null, deviceid: 4711 },
      { model: "nameless" },
    ];
    expect(decodeDevices({ devices })).toEqual([
      { id: "h", kind: "Scale", model: "Body Comp", modelId: 18, battery: "medium", lastContactAt: 1_706_376_730 },
      { id: "i", kind: "Scale", model: "Body Comp", modelId: 18 },
      { id: "j", kind: "Scale", model: "model 99", modelId: 99, battery: "medium" },
      { id: "4711", kind: "device", model: "unknown device" },
    ]);
    expect(decodeDevices({})).toEqual([]);
  });

  test.each([
    [{ goals: { steps: 10_000, weight: { value: 70_500, unit: -3 } } }, 70.5],
    [{ goals: { steps: 10_000 } }, undefined],
    [{ goals: { weight: null } }, undefined],
    [{ goals: [] }, undefined],
    [{ goals: null }, undefined],
    [{}, undefined],
  ])("PUB-USER-1: of %j the weight goal is %s", (body, goal) => {
    expect(decodeWeightGoal(body)).toBe(goal);
  });

  test("PUB-NOTIFY-7: a subscription without end has no expiry, and a null comment is none", () => {
    const profiles = [
      { appli: 1, callbackurl: "https://a.example/x", expires: 2_147_483_647, comment: null },
      { appli: "4", callbackurl: "https://a.example/x", expires: 1_800_000_000, comment: "Mine" },
      { appli: 99, callbackurl: "https://a.example/x" },
      { appli: 1, callbackurl: null },
    ];
    expect(decodeProfiles({ profiles })).toEqual([
      { appli: 1, category: "weight", callbackUrl: "https://a.example/x" },
      { appli: 4, category: "heart", callbackUrl: "https://a.example/x", comment: "Mine", expiresAt: 1_800_000_000 },
      { appli: 99, category: "appli_99", callbackUrl: "https://a.example/x" },
    ]);
  });
});
