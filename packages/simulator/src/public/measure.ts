import { PUBLIC_LIMITS } from "../applications/limits.ts";
import type { Quirks } from "../applications/quirks.ts";
import type { Dated, WireMeasure } from "../history.ts";
import type { Called } from "./called.ts";
import type { Form } from "./form.ts";
import { invalidParams } from "./refusal.ts";

const MANUAL: readonly number[] = [2, 4];
const WHOLE_BODY: readonly number[] = [5, 8, 76, 77, 88, 168, 169, 170, 226];
/** The latest second that a group can be dated. */
const LATEST = 999_999_999_999;

export function getmeas(form: Form, { world, person, application, ignoresOffset }: Called): object {
  const { quirks } = application;
  const [startDate, endDate, lastUpdate] = [
    form.number("startdate"),
    form.number("enddate"),
    form.number("lastupdate"),
  ];
  const asked = form.number("offset") ?? 0;
  const offset = ignoresOffset ? 0 : asked;
  const category = form.number("category") ?? 1;
  const types = typesOf(form);
  form.end();
  if (lastUpdate !== undefined && (startDate ?? endDate) !== undefined)
    throw invalidParams("lastupdate cannot be used with startdate or enddate");
  if (category !== 1 && category !== 2) throw invalidParams("invalid category");
  const selection = {
    startDate: startDate ?? 0,
    endDate: endDate ?? LATEST,
    lastUpdate: lastUpdate ?? 0,
    category,
  };
  // A lapsed plan and a pause give no error: there is just nothing.
  const all = person.isPaused ? [] : ordered(person.history.dated(selection), quirks);
  const size = quirks.pageSize ?? PUBLIC_LIMITS.pageSize;
  const page = all.slice(offset, offset + size);
  const groups = page.flatMap((one) => {
    const group = wireOf(one, types, quirks);
    return group.measures.length === 0 ? [] : quirks.repeatsGroups ? [group, group] : [group];
  });
  const newest = all.reduce((at, { modifiedAt }) => Math.max(at, modifiedAt), 0);
  const updatetime = quirks.updateTime === "now" ? world.clock.seconds() : newest;
  return { updatetime, timezone: "Europe/Paris", measuregrps: groups, ...moreOf(quirks, offset + size, all.length) };
}

function moreOf({ more = 1, lastMore = "absent" }: Quirks, next: number, total: number): object {
  if (more === "stuck") return { more: 1, offset: 0 };
  if (next < total) return { more, offset: next };
  return lastMore === "absent" ? {} : { more: lastMore, offset: 0 };
}

function typesOf(form: Form): readonly number[] | undefined {
  const one = form.number("meastype");
  const many = form.text("meastypes");
  if (one !== undefined) return [one];
  if (!many) return undefined;
  if (!/^\d+(,\d+)*$/.test(many)) throw invalidParams("invalid meastypes");
  return many.split(",").map(Number);
}

function ordered(groups: readonly Dated[], { order = "down" }: Quirks): readonly Dated[] {
  if (order === "up") return groups.toSorted((a, b) => a.modifiedAt - b.modifiedAt);
  if (order === "mixed") return groups.toSorted((a, b) => mixed(a.group.grpid) - mixed(b.group.grpid));
  return groups;
}

const mixed = (grpid: number) => (grpid * 7_919) % 10_007;

function wireOf({ group, addedAt, modifiedAt }: Dated, types: readonly number[] | undefined, quirks: Quirks) {
  const { grpid, attrib, date, category, comment = null } = group;
  const isManual = MANUAL.includes(attrib);
  const measures = types ? group.measures.filter(({ type }) => types.includes(type)) : group.measures;
  const device = isManual
    ? { deviceid: null, hash_deviceid: null, modelid: null, model: null }
    : {
        deviceid: quirks.hasNumericDevices ? 4_711 : "91845aef7b5d4b50",
        hash_deviceid: "91845aef7b5d4b50",
        ...(quirks.isBodyScan ? { modelid: 10, model: "Body Scan" } : { modelid: 18, model: "Body Comp" }),
      };
  return {
    ...{ grpid, attrib, date, created: addedAt, modified: modifiedAt, category },
    ...device,
    comment,
    timezone: "Europe/Paris",
    measures: measuresOf(measures, isManual, quirks),
  };
}

function measuresOf(measures: readonly WireMeasure[], isManual: boolean, quirks: Quirks): WireMeasure[] {
  const fine = quirks.hasFineUnits ? measures.map(toMicro) : measures;
  const weight = fine.find(({ type }) => type === 1);
  const isBare = !fine.some(({ type }) => type === 6);
  if (isManual && quirks.hasManualZeros && weight && isBare)
    return [...fine, { ...weight, type: 5 }, { value: 0, type: 6, unit: -3 }, { value: 0, type: 8, unit: -2 }];
  const sent = fine.map((one) => ({ ...one, algo: 3, fm: 131 }));
  if (!quirks.isBodyScan) return sent;
  return sent.flatMap((one) =>
    WHOLE_BODY.includes(one.type)
      ? [
          { ...one, position: 7 },
          { ...one, position: 7 },
        ]
      : [one],
  );
}

const toMicro = (one: WireMeasure): WireMeasure => ({
  ...one,
  value: Math.round(one.value * 10 ** (6 + one.unit)),
  unit: -6,
});

export function confirmuser(form: Form, { person }: Called): object {
  const grpid = form.number("grpid");
  const isConfirmed = form.required("is_confirmed");
  form.end();
  const group = grpid === undefined ? undefined : person.history.find(grpid);
  if (group === undefined) throw invalidParams("invalid grpid");
  if (isConfirmed !== "0" && isConfirmed !== "1") throw invalidParams("invalid is_confirmed");
  person.confirms(group.grpid, isConfirmed === "1");
  return {};
}
