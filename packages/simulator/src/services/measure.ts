import type { Selection } from "../history.ts";
import { type Parameters, UNKNOWN_ERROR } from "../parameters.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import { type Action, sharing } from "./action.ts";

export const getmeas: Action = (parameters, world) => answer(parameters, world, false);

/** With `ignoresOffset` every page is the first one: a fault that clients must survive. */
export function answer(parameters: Parameters, world: World, ignoresOffset: boolean): object {
  const person = sharing(parameters, world);
  const selection = selectionOf(parameters);
  const { limit = world.pageSize, offset } = pageOf(parameters);
  parameters.end();
  const size = Math.min(limit, world.pageSize);
  const { groups, total } = person.history.select(selection, ignoresOffset ? 0 : offset, size);
  const left = Math.max(0, total - offset - groups.length);
  const updatetime = world.clock.seconds();
  return left > 0 ? { updatetime, more: left, measuregrps: groups } : { updatetime, measuregrps: groups };
}

function selectionOf(parameters: Parameters): Selection {
  const named = {
    startDate: parameters.number("startdate"),
    endDate: parameters.number("enddate"),
    lastUpdate: parameters.number("lastupdate"),
    category: parameters.number("category"),
    measureType: parameters.number("meastype"),
  };
  if (named.category !== undefined && named.category !== 1 && named.category !== 2)
    throw new Refusal(UNKNOWN_ERROR, "category must be 1 or 2");
  if (named.startDate !== undefined && named.endDate !== undefined && named.startDate > named.endDate)
    throw new Refusal(UNKNOWN_ERROR, "startdate is after enddate");
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** The document says `offsetby`, the real servers took `offset`: either, or both with one value. */
function pageOf(parameters: Parameters): { readonly limit?: number; readonly offset: number } {
  const limit = parameters.number("limit");
  const offset = parameters.number("offset");
  const offsetBy = parameters.number("offsetby");
  if (limit === 0) throw new Refusal(UNKNOWN_ERROR, "limit must be at least 1");
  if (offset !== undefined && offsetBy !== undefined && offset !== offsetBy)
    throw new Refusal(UNKNOWN_ERROR, `offset ${offset} and offsetby ${offsetBy} differ`);
  return { offset: offset ?? offsetBy ?? 0, ...(limit === undefined ? {} : { limit }) };
}
