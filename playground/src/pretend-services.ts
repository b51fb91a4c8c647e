import type { FlowNode } from "./examples.ts";

/** The services that examples send to, as flows of the same Node-RED: what arrives shows in the debug sidebar. */
const SERVICES = [
  { path: "speech", name: "says aloud" },
  { path: "push", name: "push message" },
  { path: "influx", name: "written to InfluxDB" },
] as const;

const TAB = "pretend";
const ROW = 60;

export const pretendUrl = (nodeRedUrl: string, path: (typeof SERVICES)[number]["path"]): string =>
  `${nodeRedUrl}/pretend/${path}`;

/** A tab that answers for them, and hears the lamp's topic. */
export function pretendServices(lampTopic: string, brokerId: string): FlowNode[] {
  const info = "Stands in for the services that the examples talk to, so that all of them run on this machine.";
  const rows = SERVICES.flatMap(({ path, name }, index) => {
    const place = { z: TAB, y: ROW * (index + 1) };
    return [
      {
        id: `${path}-in`,
        type: "http in",
        ...place,
        x: 140,
        name: "",
        url: `/pretend/${path}`,
        method: "post",
        upload: false,
        wires: [[`${path}-out`, `${path}-debug`]],
      },
      { id: `${path}-out`, type: "http response", ...place, x: 360, name: "", statusCode: "200", wires: [] },
      debug(`${path}-debug`, name, { ...place, y: place.y + ROW / 2, x: 380 }),
    ];
  });
  const lamp = { z: TAB, y: ROW * (SERVICES.length + 1.5) };
  return [
    { id: TAB, type: "tab", label: "Pretend services", disabled: false, info, env: [] },
    ...rows,
    {
      id: "lamp-in",
      type: "mqtt in",
      ...lamp,
      x: 160,
      name: "",
      topic: lampTopic,
      qos: "0",
      datatype: "auto-detect",
      broker: brokerId,
      nl: false,
      rap: true,
      rh: 0,
      inputs: 0,
      wires: [["lamp-debug"]],
    },
    debug("lamp-debug", "the lamp", { ...lamp, x: 380 }),
  ];
}

const debug = (id: string, name: string, place: object): FlowNode => ({
  id,
  type: "debug",
  name,
  active: true,
  tosidebar: true,
  console: false,
  tostatus: false,
  complete: "payload",
  targetType: "msg",
  statusVal: "",
  statusType: "auto",
  wires: [],
  ...place,
});
