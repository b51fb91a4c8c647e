import type { CallOptions } from "../../domain/call-options.ts";
import type { EpochSeconds } from "../../domain/measure-group.ts";
import type { MeasurePage } from "../../domain/measure-page.ts";
import type { SkippedSink } from "../../domain/skipped.ts";
import type { UnknownSink } from "../../domain/unknown-code.ts";
import { type PageLimits, paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import type { Transport } from "../../http/transport.ts";
import { CALLS } from "../calls.ts";
import { credentials, type WbsCredentials } from "../credentials.ts";
import { decodeMeasurePage } from "../decode/measure-page.ts";

/** Filters; each works alone and with the others. */
export interface MeasureFilters extends WbsCredentials {
  /** Measured at or after. */
  readonly startDate?: EpochSeconds | undefined;
  /** Measured at or before. */
  readonly endDate?: EpochSeconds | undefined;
  /** Added or modified since, whenever measured: the `updateTime` of an earlier page. */
  readonly lastUpdate?: EpochSeconds | undefined;
  /** Code of one measure type. */
  readonly measureType?: number | undefined;
  /** 1: measures, 2: targets; both without it. */
  readonly category?: 1 | 2 | undefined;
}

export interface GetMeasParams extends MeasureFilters {
  /** At most so many groups, the newest. */
  readonly limit?: number | undefined;
  /** Skip so many of the newest groups. */
  readonly offset?: number | undefined;
}

export interface MeasureService {
  /** One request, newest group first. */
  getMeas(params: GetMeasParams, options?: CallOptions): Promise<MeasurePage>;
  /**
   * All groups, newest first, each once, over as many requests as it takes. What was added or edited meanwhile may be missing:
   * every page carries the `updateTime` of the first request, from which `lastUpdate` finds it.
   */
  pages(params: MeasureFilters, options?: CallOptions): AsyncIterable<MeasurePage>;
}

const decimal = (value: number | undefined) => (value === undefined ? undefined : String(value));

function parametersOf({
  startDate,
  endDate,
  lastUpdate,
  measureType,
  category,
  limit,
  offset,
  ...user
}: GetMeasParams) {
  // Servers took `offset`, the document says `offsetby`; each ignores the other.
  const skipped = offset === 0 ? undefined : decimal(offset);
  return {
    ...credentials(user),
    startdate: decimal(startDate),
    enddate: decimal(endDate),
    lastupdate: decimal(lastUpdate),
    meastype: decimal(measureType),
    category: decimal(category),
    limit: decimal(limit),
    offset: skipped,
    offsetby: skipped,
  };
}

interface Sinks {
  readonly unknown: UnknownSink;
  readonly skipped: SkippedSink;
}

export function measureService(transport: Transport, limits: PageLimits, sinks: Sinks): MeasureService {
  const getMeas: MeasureService["getMeas"] = async (params, options) => {
    const body = await transport.send(CALLS.getMeas, parametersOf(params), options);
    return readBody(CALLS.getMeas, () => decodeMeasurePage(body, sinks.unknown, sinks.skipped));
  };
  return {
    getMeas,
    pages: (params, options) => {
      const { startDate, endDate, lastUpdate } = params;
      const isComplete = startDate === undefined && endDate === undefined && lastUpdate === undefined;
      return paginate((part) => getMeas({ ...params, ...part }, options), { ...limits, isComplete });
    },
  };
}
