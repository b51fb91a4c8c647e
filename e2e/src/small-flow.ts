import { accountFields, type FilledAccount, type SavedFlow } from "@weighbridge/playground";
import type { Person } from "@weighbridge/simulator";
import { type FlowRoom, ownLimit } from "./flow-room.ts";

/** A weigh-in node (`w-`), a getmeas node (`g-`), and everything that comes out of them. Ids end with the person's name. */
export function flowOf({ simulator, nodeRed }: FlowRoom, person: Person, account: FilledAccount): SavedFlow {
  const { name } = person;
  const tab = `t-${name}`;
  const debug = { type: "debug", z: tab, active: true, tosidebar: true, targetType: "msg", wires: [] };
  const common = { z: tab, version: 1, account: `a-${name}` };
  return [
    { id: tab, type: "tab", label: name, env: [] },
    {
      ...{ id: `a-${name}`, type: "withings-account", version: 1, name, baseurl: simulator.url },
      ...{ ambiguous: "hold", ambiguousType: "choice", pollminutes: "15", callsperminute: ownLimit(person) },
      publicurl: nodeRed.url,
      ...accountFields(account),
    },
    {
      ...{ ...common, id: `w-${name}`, type: "withings-weigh-in", events: "", eventsType: "choice" },
      ...{ unit: "kg", unitType: "choice", wires: [[`d-${name}`]] },
    },
    { id: `i-${name}`, type: "inject", z: tab, props: [], repeat: "", wires: [[`g-${name}`]] },
    {
      ...{ ...common, id: `g-${name}`, type: "withings-getmeas", output: "latest", outputType: "choice" },
      wires: [[`m-${name}`]],
    },
    { ...debug, id: `d-${name}`, name: "event", complete: "payload" },
    { ...debug, id: `m-${name}`, name: "measures", complete: "payload" },
    { id: `c-${name}`, type: "catch", z: tab, scope: null, wires: [[`e-${name}`]] },
    { ...debug, id: `e-${name}`, name: "error", complete: "error" },
  ];
}
