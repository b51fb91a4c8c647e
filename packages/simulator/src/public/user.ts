import type { Called } from "./called.ts";
import type { Form } from "./form.ts";

export function getdevice(form: Form, { person, application: { quirks } }: Called): object {
  form.end();
  const devices = person.devices.map(({ type, model, modelId, battery, id, lastSessionAt }) => ({
    ...{ type, model, model_id: modelId, battery },
    deviceid: quirks.hasNumericDevices ? 4_711 : id,
    hash_deviceid: id,
    timezone: "Europe/Paris",
    first_session_date: null,
    last_session_date: lastSessionAt,
  }));
  return { devices };
}

export function getgoals(form: Form, { person }: Called): object {
  form.end();
  const target = person.history.newestTarget();
  return { goals: target ? { steps: 10_000, weight: { value: target.value, unit: target.unit } } : [] };
}
