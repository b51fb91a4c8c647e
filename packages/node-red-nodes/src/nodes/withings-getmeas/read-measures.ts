import { InvalidCallError, isoTime, type MeasureGroup, measureTypes } from "@weighbridge/core";
import type { MeasureQuery } from "../../account/account-api.ts";
import { groupDocument, latestDocument } from "../../documents/documents.ts";
import type { ActionCall, ActionResult } from "../../runtime/action.ts";
import type { Fields } from "../../runtime/config.ts";
import { choice, flag, moment, wholeNumber } from "../../shared/fields.ts";
import type { NewsFile } from "./news-file.ts";

export const FIELDS = [
  "startdate",
  "enddate",
  "lastupdate",
  "meastype",
  "category",
  "limit",
  "offset",
  "output",
  "onlynew",
] as const;

export interface ReadMeasuresCall extends ActionCall {
  /** What "only new since last run" remembers. */
  readonly news: NewsFile;
  newId(): string;
}

/** Reads measure groups with every filter of the API. */
export async function readMeasures(call: ReadMeasuresCall): Promise<ActionResult> {
  const { fields, news, signal, account } = call;
  const output = choice("output", fields["output"], ["message", "groups", "latest"]);
  const isOnlyNew = flag("onlynew", fields["onlynew"]) ?? false;
  const query = queryOf(fields, call.clock.now());
  const read = async (since?: number) => {
    const lastUpdate = since === undefined ? query.lastUpdate : Math.max(since, query.lastUpdate ?? 0);
    return collect(account.api.measures({ ...query, lastUpdate }, { signal }));
  };
  if (isOnlyNew && (query.limit !== undefined || query.offset !== undefined)) throw partOfNews();
  if (!isOnlyNew) return resultOf(await read(), output, call.newId());
  const { settle, ...found } = await news.onlyNew(read);
  return { ...resultOf(found, output, call.newId()), settle };
}

function resultOf({ groups, updateTime }: Read, output: "message" | "groups" | "latest", id: string): ActionResult {
  const status = `${groups.length} ${groups.length === 1 ? "group" : "groups"}`;
  if (output === "groups") return { messages: sequence(groups, id), status };
  const payload =
    output === "latest"
      ? latestDocument(groups)
      : { groups: groups.map(groupDocument), update_time: updateTime === undefined ? null : isoTime(updateTime) };
  return { messages: [{ payload }], status };
}

/** What a page leaves out would never be new again. */
function partOfNews(): InvalidCallError {
  return new InvalidCallError("only new measures cannot be cut by a limit or an offset", {
    code: "invalid_value",
    remedy: "Clear the limit and the offset, or turn off only new.",
  });
}

function queryOf(fields: Fields, nowMs: number): MeasureQuery {
  return {
    startDate: moment("startdate", fields["startdate"], nowMs),
    endDate: moment("enddate", fields["enddate"], nowMs),
    lastUpdate: moment("lastupdate", fields["lastupdate"], nowMs),
    measureType: measureTypeOf(fields["meastype"]),
    category: categoryOf(fields["category"]),
    limit: wholeNumber("limit", fields["limit"], 1),
    offset: wholeNumber("offset", fields["offset"], 0),
  };
}

/** A code, or the id of the measure-type table. */
function measureTypeOf(value: unknown): number | undefined {
  if (typeof value !== "string" || !/[a-z]/i.test(value)) return wholeNumber("meastype", value, 1);
  for (const { id, code } of measureTypes.values()) if (id === value) return code;
  throw new InvalidCallError("meastype is neither a code nor a known measure type", {
    code: "invalid_value",
    remedy: "Set meastype to a code such as 1, or a name such as weight.",
  });
}

function categoryOf(value: unknown): 1 | 2 | undefined {
  const name = choice("category", value, ["any", "measure", "target", "1", "2"]);
  if (name === "any") return undefined;
  return name === "measure" || name === "1" ? 1 : 2;
}

interface Read {
  readonly groups: readonly MeasureGroup[];
  /** The service's clock at the first answer. */
  readonly updateTime: number | undefined;
}

async function collect(pages: AsyncIterable<{ groups: readonly MeasureGroup[]; updateTime: number }>): Promise<Read> {
  const groups: MeasureGroup[] = [];
  let earliest: number | undefined;
  for await (const { groups: more, updateTime } of pages) {
    groups.push(...more);
    earliest ??= updateTime;
  }
  return { groups, updateTime: earliest };
}

function sequence(groups: readonly MeasureGroup[], id: string) {
  return groups.map((group, index) => ({
    payload: groupDocument(group),
    parts: { id, index, count: groups.length, type: "array", len: 1 },
  }));
}
