import type { CallOptions } from "../../domain/call-options.ts";
import type { EpochSeconds, MeasureGroup } from "../../domain/measure-group.ts";
import type { GroupPage } from "../../domain/measure-page.ts";
import type { SkippedSink } from "../../domain/skipped.ts";
import type { UnknownSink } from "../../domain/unknown-code.ts";
import { UnexpectedResponseError } from "../../errors.ts";
import { readBody } from "../../http/read-body.ts";
import type { Transport } from "../../http/transport.ts";
import { LIMITS } from "../../limits.ts";
import { CALLS } from "../calls.ts";
import { decodePublicPage, type PublicPage } from "../decode/measure-page.ts";

/** `lastUpdate` goes alone. */
export type PublicMeasureFilters =
  | { readonly startDate?: EpochSeconds; readonly endDate?: EpochSeconds }
  | { readonly lastUpdate: EpochSeconds };

export interface PublicMeasureService {
  /** All groups in no certain order, each once, over as many requests as it takes. Asks for all types: a filter would cut measures out of groups. */
  pages(filters: PublicMeasureFilters, options?: CallOptions): AsyncIterable<GroupPage>;
  /** Says whose an ambiguous group is: true for this person's. */
  confirm(groupId: number, isTheirs: boolean, options?: CallOptions): Promise<void>;
}

interface Sinks {
  readonly unknown: UnknownSink;
  readonly skipped: SkippedSink;
}

const decimal = (value: number | undefined) => (value === undefined ? undefined : String(value));

function parametersOf(filters: PublicMeasureFilters) {
  if ("lastUpdate" in filters) return { category: "1", lastupdate: decimal(filters.lastUpdate) };
  return { category: "1", startdate: decimal(filters.startDate), enddate: decimal(filters.endDate) };
}

export const publicMeasureService = (transport: Transport, sinks: Sinks): PublicMeasureService => ({
  pages: (filters, options) =>
    walk(async (offset) => {
      const body = await transport.send(CALLS.getMeas, { ...parametersOf(filters), offset: decimal(offset) }, options);
      return readBody(CALLS.getMeas, () => decodePublicPage(body, sinks.unknown, sinks.skipped));
    }),
  async confirm(groupId, isTheirs, options) {
    await transport.send(CALLS.confirmUser, { grpid: String(groupId), is_confirmed: isTheirs ? "1" : "0" }, options);
  },
});

/** Follows the offsets that the service gives. One that does not advance ends the walk: such a page was recorded, and asking again would be refused. */
async function* walk(fetchPage: (offset: number | undefined) => Promise<PublicPage>): AsyncGenerator<GroupPage> {
  const seen = new Set<number>();
  let offset: number | undefined;
  for (let requests = 1; requests <= LIMITS.maxPages; requests++) {
    const { nextOffset, groups, ...page } = await fetchPage(offset);
    yield { ...page, groups: groups.filter((group) => isFirst(seen, group)) };
    if (nextOffset === undefined || nextOffset <= (offset ?? 0)) return;
    offset = nextOffset;
  }
  throw new UnexpectedResponseError(`measure/getmeas: more than ${LIMITS.maxPages} pages`, { code: "too_many_pages" });
}

/** A group that moved between two requests comes again. */
function isFirst(seen: Set<number>, { id }: MeasureGroup): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}
