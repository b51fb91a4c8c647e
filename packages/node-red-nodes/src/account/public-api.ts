import type { CallOptions, Measure, MeasureGroup, MeasurePage, PublicClient, PublicPerson } from "@weighbridge/core";
import type { AccountApi, MeasureQuery } from "./account-api.ts";

/** An account at today's API. */
export function publicApi(client: PublicClient, today: PublicPerson): AccountApi {
  return {
    key: `public:${today.userId}`,
    person: today,
    today,
    probe: (call) => client.checkClient(call),
    measures: (query, call) => measures(today, query, call),
    user: async (call) => ({ userId: today.userId, ...(await today.profile(call)) }),
    subscriptions: (call) => today.notify.list(undefined, call),
  };
}

/** Today's API answers everything of a span, in no certain order and with no limit that it keeps: what the query leaves out is left out here. */
async function* measures(
  { measure }: PublicPerson,
  query: MeasureQuery,
  call: CallOptions | undefined,
): AsyncGenerator<MeasurePage> {
  const { lastUpdate, startDate, endDate, limit, offset = 0 } = query;
  // A target is no group here, but a goal.
  if (query.category === 2) return;
  // The service takes the time of a change and a span not together.
  const filters =
    lastUpdate === undefined
      ? { ...(startDate !== undefined && { startDate }), ...(endDate !== undefined && { endDate }) }
      : { lastUpdate };
  const groups: MeasureGroup[] = [];
  let updateTime: number | undefined;
  for await (const page of measure.pages(filters, call)) {
    updateTime ??= page.updateTime;
    groups.push(...page.groups.flatMap((group) => chosen(group, query)));
  }
  const newestFirst = groups.toSorted((a, b) => b.measuredAt - a.measuredAt || b.id - a.id);
  const page = newestFirst.slice(offset, limit === undefined ? undefined : offset + limit);
  yield {
    groups: page,
    hasMore: offset + page.length < groups.length,
    ...(updateTime !== undefined && { updateTime }),
  };
}

/** The group where the query asks for it, as a list of one or none. */
function chosen(group: MeasureGroup, { startDate, endDate, measureType }: MeasureQuery): MeasureGroup[] {
  const isInSpan = group.measuredAt >= (startDate ?? -Infinity) && group.measuredAt <= (endDate ?? Infinity);
  if (!isInSpan) return [];
  if (measureType === undefined) return [group];
  const isAsked = ({ code }: Measure) => code === measureType;
  const [first, ...others] = group.measures.filter(isAsked);
  return first === undefined ? [] : [{ ...group, measures: [first, ...others] }];
}
