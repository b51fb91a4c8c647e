import { isoTime, type MeasureGroup, measureTypes } from "@weighbridge/core";
import type { MeasureQuery } from "../../account/account-api.ts";
import { groupDocument, latestDocument } from "../../documents/documents.ts";
import type { ActionCall, ActionResult } from "../../runtime/action.ts";
import type { Fields } from "../../runtime/config.ts";
import { CallError } from "../../shared/call-error.ts";
import { wholeNumber } from "../../shared/fields.ts";
import { type Reader, readerOf } from "../../shared/properties.ts";
import type { NewsFile } from "./news-file.ts";
import { properties } from "./properties.ts";

export interface ReadMeasuresCall extends ActionCall {
  /** Remembers what "only new" has sent. */
  readonly news: NewsFile;
  newId(): string;
}

/** Reads measure groups with every filter of the API. */
export async function readMeasures(call: ReadMeasuresCall): Promise<ActionResult> {
  const { fields, news, signal, account } = call;
  const value = readerOf(
    properties,
    (name) => (name === "category" ? categoryWord(fields) : fields[name]),
    call.clock.now(),
  );
  const output = value("output");
  const isOnlyNew = value("onlynew") ?? false;
  const query = queryOf(value);
  const api = await account.api();
  const read = async (since?: number) => {
    const lastUpdate = since === undefined ? query.lastUpdate : Math.max(since, query.lastUpdate ?? 0);
    return collect(api.measures({ ...query, lastUpdate }, { signal }));
  };
  if (isOnlyNew && (query.limit !== undefined || query.offset !== undefined)) throw partOfNews();
  if (!isOnlyNew) return resultOf(await read(), output, call.newId());
  const { settle, ...found } = await news.onlyNew(api.key, read);
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

/** A page leaves groups out, and they would never be new again. */
function partOfNews(): CallError {
  return new CallError("only new measures cannot be cut by a limit or an offset", {
    code: "invalid_value",
    remedy: "Clear the limit and the offset, or turn off only new.",
  });
}

const CATEGORY_CODES = { any: undefined, measure: 1, target: 2 } as const;

function queryOf(value: Reader<typeof properties>): MeasureQuery {
  return {
    startDate: value("startdate"),
    endDate: value("enddate"),
    lastUpdate: value("lastupdate"),
    measureType: measureTypeOf(value("meastype")),
    category: CATEGORY_CODES[value("category")],
    limit: value("limit"),
    offset: value("offset"),
  };
}

/** A code, or the id of the measure-type table. */
function measureTypeOf(value: string | undefined): number | undefined {
  if (value === undefined || !/[a-z]/i.test(value)) return wholeNumber("meastype", value, 1);
  for (const { id, code } of measureTypes.values()) if (id === value) return code;
  throw new CallError("meastype is neither a code nor a known measure type", {
    code: "invalid_value",
    remedy: "Set meastype to a code such as 1, or a name such as weight.",
  });
}

/** The API's codes are accepted, too. */
function categoryWord({ category }: Fields): unknown {
  return (
    Object.entries(CATEGORY_CODES).find(([, code]) => code !== undefined && String(code) === String(category))?.[0] ??
    category
  );
}

interface Read {
  readonly groups: readonly MeasureGroup[];
  /** The service's clock at the first answer. */
  readonly updateTime: number | undefined;
}

async function collect(pages: AsyncIterable<{ groups: readonly MeasureGroup[]; updateTime?: number }>): Promise<Read> {
  const groups: MeasureGroup[] = [];
  let earliest: number | undefined;
  for await (const { groups: more, updateTime } of pages) {
    for (const group of more) groups.push(group);
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
